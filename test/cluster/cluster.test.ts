import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Cluster, ClusterUnavailable, Forbidden, unlessForbidden } from "../../cluster/cluster";

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

  it("is no other failure", async () => {
    for (const error of [new ClusterUnavailable("connection refused"), new TypeError("a forbidden thing")])
      await assert.rejects(unlessForbidden(Promise.reject(error), "otherwise"), error);
  });
});
