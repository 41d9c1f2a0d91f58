import { strict as assert } from "node:assert";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { noteEngine } from "../../../operations/stack/engine-record";
import { terminalHost } from "../../../operations/stack/hosts";
import { releaseDeadLocks } from "../../../operations/stack/pulumi-lock";
import { backendFolder, withStackLock } from "../../../operations/stack/stack-lock";
import { identityOf, isRunning, seesWholeMachine } from "../../../process/identity";
import { UserError } from "../../../process/user-error";
import { root as checkout } from "../../support/tree";

const nobody = 2 ** 22 + 1; // above the largest pid there can be

describe("Pulumi's lock of a stack", () => {
  let root: string;
  let folder: string;
  let log: string[];
  const children: ChildProcess[] = [];
  const sleeper = (): number => {
    const child = spawn("sleep", ["60"]);
    children.push(child);
    return child.pid ?? 0;
  };
  const lock = (name: string, change: object): void => {
    const whole = { pid: nobody, username: "someone", hostname: hostname(), timestamp: new Date().toISOString() };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...whole, ...change }));
    writeFileSync(join(folder, `${name}.json.attrs`), "{}"); // as Pulumi writes beside every file
  };
  const release = (): void =>
    releaseDeadLocks(
      "dev",
      root,
      terminalHost((line) => void log.push(line)),
    );
  const file = (): string => join(folder, "one.json");
  const killed = async (pid: number): Promise<void> => {
    process.kill(pid, "SIGKILL");
    while (isRunning(pid)) await sleep(10);
  };
  /** A second pid namespace with a /proc of its own, as a container has, under the same host name; see stack-locker.ts. */
  const inside = (steps: readonly string[]): string[] => [
    ...["--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc", process.execPath, "--no-warnings"],
    ...["-r", join(checkout, "bin/register.js"), join(__dirname, "stack-locker.ts"), root, ...steps],
  ];
  const container = (...steps: string[]): ChildProcess => {
    const child = spawn("unshare", inside(steps), { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    return child;
  };
  const ready = async (child: ChildProcess): Promise<void> => {
    for await (const chunk of child.stdout ?? []) if (String(chunk).includes("ready")) return;
  };
  const inContainer = (...steps: string[]): string[] =>
    spawnSync("unshare", inside(steps), { encoding: "utf8" }).stdout.trim().split("\n");

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hardened-locks-"));
    folder = join(root, ".pulumi/locks/organization/hardened/dev");
    mkdirSync(folder, { recursive: true });
    log = [];
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  });

  it("of a dead process that a run of `hardened` started is removed, with the file of its attributes, and said", async () => {
    const pid = sleeper();
    noteEngine(root, "dev", pid);
    lock("one", { pid });
    assert.throws(release, /locked by process \d+ on this machine/);
    await killed(pid);
    release();
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(log, [`the stack was locked by a run that was killed (process ${pid}): unlocked`]);
    assert.deepEqual(readdirSync(join(root, ".hardened/engines/dev")), [], "nor is the record kept");
  });

  it("of a dead process that nobody recorded is removed where every process of this machine is seen, and nowhere else", () => {
    lock("one", {});
    if (seesWholeMachine()) release();
    else assert.throws(release, /It cannot be seen from here/);
    assert.equal(existsSync(join(folder, "one.json")), !seesWholeMachine());
  });

  it("is held in a container by a plain `pulumi up` of another container with its host name, dead or alive; the error says what to check", async () => {
    const other = container("start", "lock", "stay");
    await ready(other);
    const { pid } = JSON.parse(readFileSync(file(), "utf8")) as { pid: number };
    const [said = "", ...more] = inContainer("release");
    assert.deepEqual(more, []);
    const parts = [
      `held: stack dev is locked by process ${pid} on another container or machine that is called ${hostname()} too (user someone`,
      `by ${file()}. It cannot be seen from here`,
      "no container or machine of that name has such a process any more: pulumi cancel --stack dev",
    ];
    for (const part of parts) assert.ok(said.includes(part), `${part} in ${said}`);
    assert.ok(existsSync(file()));
    if (seesWholeMachine()) assert.throws(release, /locked by process \d+ on this machine/, "seen from outside of it");
    await killed(other.pid ?? 0);
    assert.match(inContainer("release")[0] ?? "", /^held: .*It cannot be seen from here/);
    assert.ok(existsSync(file()));
  });

  it("is removed in a container when a run of `hardened` in this very one was killed, and held when it was another's", async () => {
    assert.match(
      inContainer("start", "note", "lock", "kill", "release")[0] ?? "",
      /^the stack was locked by a run that was killed/,
    );
    assert.ok(!existsSync(file()));
    const other = container("start", "note", "lock", "kill", "stay");
    await ready(other);
    assert.match(inContainer("release")[0] ?? "", /^held: .*It cannot be seen from here/);
    assert.ok(existsSync(file()));
  });

  it("is held in a container when what is recorded of its pid is of an earlier process", () => {
    assert.match(
      inContainer("start", "note", "lock-later", "kill", "release")[0] ?? "",
      /^held: .*It cannot be seen from here/,
    );
  });

  it("of a living process is not broken; the error names process, user, host and time", () => {
    const pid = sleeper();
    lock("one", { pid, timestamp: "2030-01-02T03:04:05Z" });
    assert.throws(release, (error: Error) => {
      assert.ok(error instanceof UserError);
      for (const part of [`process ${pid} on this machine`, "someone", hostname(), "2030-01-02T03:04:05Z", "wait"]) {
        assert.ok(error.message.includes(part), `${part} in ${error.message}`);
      }
      return true;
    });
    assert.equal(readdirSync(folder).length, 2);
  });

  it("whose pid a younger process has now is dead", () => {
    lock("one", { pid: sleeper(), timestamp: "2020-01-01T00:00:00Z" });
    release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("of another host is not touched, even where its pid is nobody's here; the error says what to do", () => {
    lock("one", { hostname: "elsewhere" });
    assert.throws(release, /locked by process \d+ on elsewhere \(user someone.*pulumi cancel --stack dev/);
    assert.equal(readdirSync(folder).length, 2);
  });

  it("a dead one beside a living one goes, the living one stays", () => {
    lock("dead", {});
    lock("living", { pid: process.pid });
    assert.throws(release, UserError);
    assert.deepEqual(readdirSync(folder).sort(), ["living.json", "living.json.attrs"]);
  });

  it("what a run left that was killed while it wrote its lock goes too", () => {
    writeFileSync(join(folder, "half.json"), '{"pid": 1');
    writeFileSync(join(folder, "fileblob123"), "");
    utimesSync(join(folder, "fileblob123"), new Date(0), new Date(0));
    release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("is looked for where the backend keeps it", () => {
    assert.equal(backendFolder("file:///var/state", "/work"), "/var/state");
    assert.equal(backendFolder("file:///var/a%20b?create_dir=true", "/work"), "/var/a b");
    assert.equal(backendFolder("file://~", "/work"), homedir());
    assert.equal(backendFolder("file://~/state", "/work"), join(homedir(), "state"));
    assert.equal(backendFolder("file://./state", "/work"), "/work/state");
    assert.equal(backendFolder("s3://bucket", "/work"), undefined);
  });

  it("is not all: one `hardened` at a time changes a stack, and other stacks and backends go on", async () => {
    for (const folder of [root, undefined]) {
      const other = folder === undefined ? undefined : join(root, "other");
      await withStackLock("dev", `file://${root}`, folder, async () => {
        const again = withStackLock("dev", `file://${root}`, folder, async () => {});
        await assert.rejects(again, new RegExp(`stack dev is being changed by process ${process.pid} on this machine`));
        await withStackLock("staging", `file://${root}`, folder, async () => {});
        await withStackLock("dev", "file:///elsewhere", other, async () => {});
      });
      await withStackLock("dev", `file://${root}`, folder, async () => {});
    }
  });

  it("a run of another host that holds the stack is told with what to check, and which file to remove", async () => {
    const held = join(root, ".hardened/runs/dev.lock");
    mkdirSync(join(root, ".hardened/runs"), { recursive: true });
    writeFileSync(
      held,
      JSON.stringify({ ...identityOf(process.pid), host: "elsewhere", since: "2027-01-01T00:00:00Z" }),
    );
    await assert.rejects(
      withStackLock("dev", `file://${root}`, root, async () => {}),
      ({ name, message }: Error) =>
        name === "UserError" &&
        message.startsWith(`stack dev is being changed by process ${process.pid} on elsewhere`) &&
        message.endsWith(
          `wait until it has ended. It cannot be seen from here: if that machine or container is gone, or has no such process any more, remove ${held}`,
        ),
    );
    assert.ok(existsSync(held));
  });
});
