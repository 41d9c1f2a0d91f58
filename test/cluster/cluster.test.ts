import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { Cluster, ClusterUnavailable, Forbidden, unlessForbidden } from "../../cluster/cluster";
import { isRunning } from "../../process/identity";
import { eventually } from "../support/run";

describe("cluster: what a person may not ask", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubectl-"));
  const path = process.env.PATH;
  const words = 'Error from server (Forbidden): nodes is forbidden: User "dev" cannot list resource "nodes"';
  /** What an object is when kubectl fails with these words. */
  const asked = (stderr: string): Promise<unknown> => {
    writeFileSync(join(folder, "kubectl"), `#!/bin/sh\necho '${stderr}' >&2\nexit 1\n`, { mode: 0o755 });
    return new Cluster("any").get("node", "a");
  };
  before(() => {
    process.env.PATH = [folder, path].join(delimiter);
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  it("is an error of its own, which is one of an unavailable cluster too", async () => {
    await assert.rejects(asked(words), (error) => error instanceof Forbidden && error instanceof ClusterUnavailable);
    await assert.rejects(asked("connection refused"), (error) => !(error instanceof Forbidden));
    assert.equal(await asked('Error from server (NotFound): nodes "a" not found'), undefined);
    assert.deepEqual(await new Cluster("any").list("nodes"), []);
  });

  it("is answered otherwise, and what they may ask as the cluster answers", async () => {
    assert.equal(await unlessForbidden(asked(words), "otherwise"), "otherwise");
    assert.equal(await unlessForbidden(Promise.resolve("answer"), "otherwise"), "answer");
  });

  it("is told too when kubectl ends before it has read what it is given", async () => {
    await asked("").catch(() => undefined);
    const given = new Cluster("any").kubectl(["replace", "-f", "-"], "x".repeat(2 ** 20));
    await assert.rejects(given, ClusterUnavailable);
  });

  it("has kubectl's own last line as its reason, not what its libraries log", async () => {
    const logged = "E1130 12:00:00.000000 7 memcache.go:265] Unhandled Error";
    const refused = asked(`${logged}\nThe connection to the server was refused\n${logged}`);
    await assert.rejects(refused, { name: "ClusterUnavailable", message: "The connection to the server was refused" });
  });

  it("says that there is no kubectl", async () => {
    process.env.PATH = join(folder, "empty");
    const cluster = new Cluster("any");
    const missing = { name: "ClusterUnavailable", message: "kubectl is not on PATH" };
    try {
      await assert.rejects(cluster.raw("/version"), missing);
      await assert.rejects(cluster.proxy("^/api$"), missing);
    } finally {
      process.env.PATH = [folder, path].join(delimiter);
    }
  });

  it("is no other failure", async () => {
    for (const error of [new ClusterUnavailable("connection refused"), new TypeError("a forbidden thing")])
      await assert.rejects(unlessForbidden(Promise.reject(error), "otherwise"), error);
  });
});

describe("proxy to a cluster", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubectl-proxy-"));
  const path = process.env.PATH;
  const note = join(folder, "note");
  const kubectl = (script: string): void =>
    writeFileSync(join(folder, "kubectl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  before(() => {
    process.env.PATH = [folder, path].join(delimiter);
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  it("is for the stack's context and the paths alone, in a folder of its owner, and ends with the work", async () => {
    kubectl(`echo $$ "$@" > ${note}; echo "Starting to serve on a socket"; exec sleep 60`);
    const { socketPath, close } = await new Cluster("here").proxy("^/apis/.*$");
    const [pid = "", ...args] = readFileSync(note, "utf8").trim().split(" ");
    const flags = [`--unix-socket=${socketPath}`, "--accept-paths=^/apis/.*$"];
    assert.deepEqual(args, ["--context", "here", "proxy", ...flags]);
    assert.equal(statSync(dirname(socketPath)).mode & 0o077, 0);
    assert.ok(isRunning(Number(pid)));
    close();
    await eventually("it has ended", async () => !isRunning(Number(pid)));
    assert.ok(!existsSync(dirname(socketPath)));
  });

  it("that does not start says why, and leaves no folder", async () => {
    kubectl("echo error: context here does not exist >&2; exit 1");
    const failed = { name: "ClusterUnavailable", message: "error: context here does not exist" };
    await assert.rejects(new Cluster("here").proxy("^/apis/.*$"), failed);
    kubectl(`echo "$4" > ${note}; exit 1`);
    await assert.rejects(new Cluster("here").proxy("^/apis/.*$"), { message: "kubectl proxy ended at once" });
    assert.ok(!existsSync(dirname(readFileSync(note, "utf8").trim().replace("--unix-socket=", ""))));
  });
});
