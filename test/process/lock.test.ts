import { strict as assert } from "node:assert";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { beganAfter, identityOf, isAlive, isRunning, runsHere, seesWholeMachine } from "../../process/identity";
import { type Holder, withLock } from "../../process/lock";
import { root } from "../support/tree";

describe("a lock file", function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  let log: string;
  const children: ChildProcess[] = [];
  const holder = (...more: string[]): ChildProcess => {
    const program = join(__dirname, "lock-holder.ts");
    const args = ["--no-warnings", "-r", join(root, "bin/register.js"), program, file, log, ...more];
    const child = spawn(process.execPath, args, { stdio: "inherit" });
    children.push(child);
    return child;
  };
  const ended = (child: ChildProcess): Promise<unknown> =>
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise((resolve) => child.once("exit", resolve));
  const lines = (): string[] => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
  const holds = async (child: ChildProcess): Promise<void> => {
    while (!lines().includes(`in ${child.pid}`)) await sleep(20);
  };
  /** A lock file as a process leaves it that is dead now. */
  const deadLock = (nonce: string): string =>
    JSON.stringify({ ...identityOf(process.pid), pid: 2 ** 22 + 1, startTime: "1", nonce });

  /** Nobody is waited for. */
  const alone = {
    onWait: ({ who }: Holder): never => {
      throw new Error(`held by ${who}`);
    },
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hardened-lock-"));
    file = join(folder, "lock");
    log = join(folder, "log");
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
      await ended(child);
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it("is waited for, and who waits is told once whose it is", async () => {
    const other = holder("1", "forever");
    await holds(other);
    const told: string[] = [];
    const mine = withLock(file, async () => "done", { onWait: ({ who, check }) => void told.push(who + check) });
    await sleep(400);
    assert.equal(told.length, 1);
    assert.match(
      told[0] ?? "",
      new RegExp(
        `^process ${other.pid} on this machine \\(user ${userInfo().username}, host ${hostname()}\\), for \\d+ s$`,
      ),
    );
    other.kill("SIGKILL");
    assert.equal(await mine, "done");
    assert.deepEqual(readdirSync(folder), ["log"], "nothing is left");
  });

  it("is refused at once when onWait throws", async () => {
    await withLock(
      file,
      async () => {
        const second = withLock(file, async () => "never", alone);
        await assert.rejects(second, new RegExp(`held by process ${process.pid} on this machine`));
      },
      alone,
    );
    assert.equal(await withLock(file, async () => "free", alone), "free");
  });

  it("is released when the work fails", async () => {
    await assert.rejects(
      withLock(file, () => Promise.reject(new Error("no")), alone),
      /no/,
    );
    assert.ok(!existsSync(file));
  });

  it("of a dead process, of a process before a reboot, or of a later process with its pid is taken over", async () => {
    const self = identityOf(process.pid);
    // A container that came up after a reboot is another one.
    const earlier = seesWholeMachine() ? [{ boot: "an-earlier-boot" }] : [];
    for (const stale of [{ pid: 2 ** 22 + 1 }, { startTime: "1" }, ...earlier]) {
      writeFileSync(file, JSON.stringify({ ...self, ...stale }));
      assert.equal(await withLock(file, async () => "taken", alone), "taken");
    }
    writeFileSync(file, ""); // as a crash of the machine leaves it
    assert.equal(await withLock(file, async () => "taken", alone), "taken");
  });

  it("of another host is never broken; who waits is told how old it is, and what to check before which file is removed", async () => {
    const since = new Date(Date.now() - 3 * 3600 * 1000).toISOString();
    writeFileSync(
      file,
      JSON.stringify({ ...identityOf(process.pid), pid: 2 ** 22 + 1, host: "elsewhere", user: "someone", since }),
    );
    const refused = withLock(file, async () => "never", {
      onWait: ({ who, check }) => {
        throw new Error(`${who}${check}`);
      },
    });
    const said = `process ${2 ** 22 + 1} on elsewhere (user someone, host elsewhere), for 3 h. It cannot be seen from here: if that machine or container is gone, or has no such process any more, remove ${file}`;
    await assert.rejects(refused, { message: said });
    assert.ok(existsSync(file));
  });

  it("is held once by two containers with one host name and one folder, and is not broken when its pid is nobody's here", async () => {
    // A second pid namespace with a /proc of its own, as a container has.
    const inside = [process.execPath, "--no-warnings", "-r", join(root, "bin/register.js")];
    const program = [join(__dirname, "lock-holder.ts"), file, log, "1", "forever"];
    const args = ["--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc", ...inside, ...program];
    const container = spawn("unshare", args, { stdio: "inherit" });
    children.push(container);
    while (lines().length === 0) await sleep(20);
    const refused = withLock(file, async () => "never", {
      onWait: ({ who, check }) => {
        throw new Error(`${who}${check}`);
      },
    });
    const pid = lines()[0]?.replace("in ", "");
    await assert.rejects(refused, new RegExp(`^Error: process ${pid} on another container or machine that is called`));
    container.kill("SIGKILL");
    await ended(container);
    // Its owner is dead, and nobody here can know.
    assert.ok(existsSync(file));
    const { pid: _, ...kept } = JSON.parse(readFileSync(file, "utf8"));
    assert.ok(isAlive({ ...kept, pid: 2 ** 22 + 1 }));
    assert.ok(!runsHere({ ...kept, pid: process.pid }), "nothing is ever signalled by a pid of elsewhere");
  });

  it("of an earlier boot is held where it was a container's: after a boot another one may have its number", async () => {
    const program = [
      `const { identityOf, isAlive } = require(${JSON.stringify(join(root, "process/identity.ts"))});`,
      "const self = identityOf(process.pid);",
      'const of = (more) => isAlive({ ...self, pid: 4194305, startTime: "1", ...more });',
      'console.log(JSON.stringify([of({}), of({ boot: "an-earlier-boot" })]));',
    ].join("\n");
    const inside = ["--map-root-user", "--pid", "--fork", "--mount-proc", process.execPath, "--no-warnings"];
    const args = [...inside, "-r", join(root, "bin/register.js"), "-e", program];
    const { stdout } = await promisify(execFile)("unshare", args);
    assert.deepEqual(JSON.parse(stdout), [false, true]);
  });

  it("has one holder at a time while many processes fight for it, some are killed inside, and stale ones are left", async () => {
    writeFileSync(file, deadLock("first"));
    const fighters = Array.from({ length: 10 }, () => holder("25"));
    const victims = Array.from({ length: 3 }, () => holder("1", "forever"));
    // Each of these gets in at some time, stays there, and is killed there.
    const alive = new Set(victims);
    while (alive.size > 0) {
      const inside = [...alive].find(({ pid }) => lines().includes(`in ${pid}`));
      await sleep(20);
      inside?.kill("SIGKILL");
      if (inside) alive.delete(inside);
    }
    for (const fighter of fighters) {
      await ended(fighter);
      assert.equal(fighter.exitCode, 0);
    }
    const killed = new Set(victims.map(({ pid }) => String(pid)));
    let inside: string | undefined;
    for (const line of lines()) {
      const [what, pid] = line.split(" ");
      if (what === "in") {
        assert.ok(inside === undefined || killed.has(inside), `${pid} came in while ${inside} was inside`);
        inside = pid;
      } else {
        assert.equal(pid, inside);
        inside = undefined;
      }
    }
    assert.equal(lines().length, 10 * 25 * 2 + 3);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith(".break")),
      [],
    );
  });

  it("whose breaker was killed while it broke it is broken all the same", async () => {
    const stale = deadLock("outer");
    writeFileSync(file, stale);
    const { createHash } = await import("node:crypto");
    const gate = `${file}.${createHash("sha256").update(stale).digest("hex").slice(0, 16)}.break`;
    writeFileSync(gate, deadLock("breaker"));
    assert.equal(await withLock(file, async () => "taken", alone), "taken");
  });
});

describe("the identity of a process", () => {
  it("is alive as long as exactly that process runs", async () => {
    const child = spawn("sleep", ["60"]);
    const identity = identityOf(child.pid ?? 0);
    assert.ok(isAlive(identity) && isRunning(identity.pid));
    assert.ok(!isAlive({ ...identity, startTime: "1" }), "a later process with its pid is another");
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    assert.ok(!isAlive(identity) && !isRunning(identity.pid));
    assert.throws(() => identityOf(identity.pid), /no process/);
  });

  it("is there of a child that has just ended, which is not alive", async () => {
    const child = spawn("true");
    const pid = child.pid ?? 0;
    // Its end is noticed by this thread alone, which does nothing else meanwhile.
    while (isRunning(pid)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    const identity = identityOf(pid);
    assert.equal(identity.pid, pid);
    assert.ok(!isAlive(identity));
    await new Promise((resolve) => child.once("exit", resolve));
  });

  it("tells whether a process began after a moment, and says no in doubt", () => {
    const child = spawn("sleep", ["60"]);
    const pid = child.pid ?? 0;
    assert.ok(beganAfter(pid, new Date(Date.now() - 60_000)));
    assert.ok(!beganAfter(pid, new Date()));
    assert.ok(!beganAfter(pid, new Date(Date.now() + 60_000)));
    child.kill("SIGKILL");
    assert.ok(!beganAfter(2 ** 22 + 1, new Date(0)));
  });
});
