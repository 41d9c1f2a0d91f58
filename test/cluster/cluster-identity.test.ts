import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ClusterUnavailable } from "../../cluster/cluster";
import { VerifiedCluster } from "../../cluster/cluster-identity";

describe("the cluster that a stack declares", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubectl-"));
  const path = process.env.PATH;
  const log = join(folder, "log");
  const uid = join(folder, "uid");
  const asked = (): string[] => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
  const declared = { context: "here", uid: "1" };

  before(() => {
    const script = [
      "#!/bin/sh",
      `case "$*" in`,
      `  *kube-system*) echo uid >> ${log}; exec cat ${uid};;`,
      `  *) echo "$3 $4" >> ${log}; echo '{}';;`,
      "esac",
    ].join("\n");
    writeFileSync(join(folder, "kubectl"), `${script}\n`, { mode: 0o755 });
    process.env.PATH = [folder, path].join(delimiter);
  });
  beforeEach(() => {
    rmSync(log, { force: true });
    writeFileSync(uid, "1");
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  it("is verified by its UID before the first request, and once", async () => {
    const cluster = new VerifiedCluster(declared);
    await Promise.all([cluster.get("node", "a"), cluster.raw("/version"), cluster.verify()]);
    await cluster.list("pods");
    const [first, ...rest] = asked();
    assert.equal(first, "uid");
    assert.equal(rest.length, 3);
    assert.ok(!rest.includes("uid"), rest.join());
  });

  it("another one behind the context is asked nothing else, whatever is asked", async () => {
    writeFileSync(uid, "2");
    const cluster = new VerifiedCluster({ ...declared, name: "nonprod" }, 2);
    const said = {
      name: "UserError",
      exitCode: 2,
      message:
        'the cluster behind context "here" is not the one this stack was made for: kube-system has UID 2, hardened:clusters.nonprod.uid says 1',
    };
    await assert.rejects(cluster.get("node", "a"), said);
    await assert.rejects(cluster.list("nodes"), said);
    await assert.rejects(cluster.raw("/version"), said);
    await assert.rejects(cluster.kubectl(["create", "-f", "-"], "{}"), said);
    await assert.rejects(cluster.proxy("^/"), said);
    await assert.rejects(cluster.verify(), said);
    assert.deepEqual(new Set(asked()), new Set(["uid"]));
    await assert.rejects(new VerifiedCluster(declared).verify(), {
      exitCode: 1,
      message: /hardened:cluster\.uid says 1$/,
    });
  });

  it("is verified again when it did not answer", async () => {
    rmSync(uid);
    const cluster = new VerifiedCluster(declared);
    await assert.rejects(cluster.raw("/version"), ClusterUnavailable);
    writeFileSync(uid, "1");
    await cluster.raw("/version");
    assert.equal(asked().length, 3);
  });

  it("is any that the context names where the stack declares no UID", async () => {
    await new VerifiedCluster({ context: "here" }).raw("/version");
    assert.equal(asked().length, 1);
  });
});
