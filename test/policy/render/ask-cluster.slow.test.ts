import { strict as assert } from "node:assert";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askCluster } from "../../../policy/render/ask-cluster";
import { useHelm } from "../support/helm";

const kubeconfig = (port: number): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "" } }],
    "current-context": "c",
  });

describe("asking a cluster", function () {
  this.timeout(30_000);
  let silent: Server;
  let port: number;
  before(async () => {
    useHelm();
    silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    port = (silent.address() as { port: number }).port;
  });
  after(() => silent.close());

  it("gives nothing where there is no cluster, no such context and no kubectl", async () => {
    const { PATH } = process.env;
    assert.equal(await askCluster({ kubeconfig: kubeconfig(1) }), undefined);
    assert.equal(await askCluster({ kubeconfig: kubeconfig(1), context: "other" }), undefined);
    process.env.PATH = "/nonexistent";
    try {
      assert.equal(await askCluster({ context: "whatever" }), undefined);
    } finally {
      process.env.PATH = PATH;
    }
  });

  it("waits five seconds for one that does not answer, once, and leaves nothing behind", async () => {
    const { TMPDIR } = process.env;
    const folder = mkdtempSync(join(tmpdir(), "ask-"));
    process.env.TMPDIR = folder;
    try {
      const start = performance.now();
      assert.equal(await askCluster({ kubeconfig: kubeconfig(port) }), undefined);
      const first = performance.now() - start;
      assert.ok(first > 4_000 && first < 8_000, `${first} ms`);
      assert.equal(await askCluster({ kubeconfig: kubeconfig(port) }), undefined);
      assert.ok(performance.now() - start - first < 500);
      assert.deepEqual(readdirSync(folder), []);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(folder, { recursive: true });
    }
  });

  it("takes no kubeconfig's text for its path", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "ask-")), "config");
    writeFileSync(file, kubeconfig(1));
    assert.equal(await askCluster({ kubeconfig: file }), undefined);
    rmSync(join(file, ".."), { recursive: true });
  });
});
