import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { alone, backendFolder, releaseDeadLocks } from "../../../cli/stack/stack-lock";
import { halfMade } from "../../../components/half-made";
import type { Deployment } from "../../../components/stack-state";
import { endOrphans, markOf, orphansOf, runMark } from "../../../local/orphans";
import { identityOf, isRunning } from "../../../local/process-identity";
import { UserError } from "../../../local/user-error";

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
  const release = (): void => releaseDeadLocks("dev", root, (line) => void log.push(line));

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

  it("of a dead process is removed, with the file of its attributes, and said", () => {
    lock("one", {});
    release();
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(log, [`the stack was locked by a run that was killed (process ${nobody}): unlocked`]);
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

  it("is not all: one `hardened` of this machine at a time changes a stack, and other stacks and backends go on", async () => {
    await alone("dev", `file://${root}`, async () => {
      const again = alone("dev", `file://${root}`, async () => {});
      await assert.rejects(again, new RegExp(`stack dev is being changed by process ${process.pid} on this machine`));
      await alone("staging", `file://${root}`, async () => {});
      await alone("dev", "file:///elsewhere", async () => {});
    });
    await alone("dev", `file://${root}`, async () => {});
  });
});

describe("processes that a killed run left", () => {
  const children: ChildProcess[] = [];
  const marked = (mark: string): number => {
    const child = spawn("sleep", ["60"], { env: { ...process.env, [runMark]: mark } });
    children.push(child);
    return child.pid ?? 0;
  };
  const dead = { ...identityOf(process.pid), pid: nobody };
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  it("are told by stack, backend and run: neither a living run's, nor another stack's, nor another backend's are touched", async () => {
    const ours = marked(markOf("hardened/dev", "file:///here", dead));
    const others = [
      marked(markOf("hardened/dev", "file:///here")), // its owner lives: this process
      marked(markOf("hardened/dev", "file:///elsewhere", dead)),
      marked(markOf("hardened/dev-2", "file:///here", dead)),
      marked(markOf("hardened/dev", "file:///here", { ...dead, host: "elsewhere" })),
    ];
    while (orphansOf("hardened/dev", "file:///here").length === 0) await new Promise((next) => setTimeout(next, 10));
    const log: string[] = [];
    await endOrphans("hardened/dev", "file:///here", (line) => void log.push(line));
    assert.ok(!isRunning(ours));
    for (const pid of others) assert.ok(isRunning(pid));
    assert.equal(log.length, 1);
    assert.ok(log[0]?.includes(String(ours)));
  });

  it("the mark shows no part of the backend's address, which may hold a password", () => {
    assert.ok(!markOf("hardened/dev", "postgres://me:secret@host/db").includes("secret"));
  });
});

describe("objects that a killed run had begun to make", () => {
  const entry = (type: string, kind: string, name: string, namespace?: string) => ({
    urn: `urn:${type}::${name}`,
    type: `kubernetes:${type}:${kind}`,
    inputs: { apiVersion: type.replace("core/", ""), kind, metadata: { name, ...(namespace ? { namespace } : {}) } },
  });
  const release = { urn: "urn:r", type: "kubernetes:helm.sh/v3:Release", inputs: { name: "app", namespace: "ns" } };
  const names = (deployment: Deployment): string[] =>
    halfMade(deployment).map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);

  it("are what its interrupted creations name", () => {
    const pending = [entry("core/v1", "Secret", "s-1", "ns"), entry("core/v1", "Namespace", "ns"), release];
    const deployment = { pending_operations: pending.map((resource) => ({ type: "creating" as const, resource })) };
    assert.deepEqual(names(deployment), ["Secret ns/s-1", "Namespace /ns", "Release ns/app"]);
  });

  it("are never what the state holds as made, whatever its resource is called there", () => {
    const made = { ...entry("core/v1", "Namespace", "ns"), urn: "urn:other" };
    const pending = [entry("core/v1", "Namespace", "ns"), release].map((resource) => ({
      type: "creating" as const,
      resource,
    }));
    assert.deepEqual(names({ resources: [made, release], pending_operations: pending }), []);
  });

  it("are not what it was changing or deleting, nor what is no object of the cluster", () => {
    const job = entry("batch/v1", "Job", "j-1", "ns");
    const password = { urn: "urn:p", type: "random:index/randomPassword:RandomPassword", inputs: {} };
    const operations = [
      { type: "updating" as const, resource: job },
      { type: "deleting" as const, resource: job },
      { type: "creating" as const, resource: password },
    ];
    assert.deepEqual(names({ pending_operations: operations }), []);
  });
});
