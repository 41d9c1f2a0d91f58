import { strict as assert } from "node:assert";
import { join } from "node:path";
import { publishImages } from "../../cluster/local/images";
import { cluster, instance, kubectl } from "../support/e2e-cluster";
import { run } from "../support/run";
import { root } from "../support/tree";
import { removeZenKinds } from "../support/zen/zen-project";

/** The smoke test of zen's scripts on a cluster that runs pods: all it does on k3d, but making the cluster. */
describe("charts/zen-agent/scripts/demo on a cluster", function () {
  this.timeout(600_000);
  before(async () => {
    await cluster();
    await publishImages({ name: instance.name, systems: ["zen"], log: () => {} });
    await removeZenKinds();
  });
  after(async () => {
    await gone();
    await removeZenKinds();
  });

  /** The script takes its namespace away without waiting for that. */
  const gone = (): Promise<string> => kubectl(["wait", "--for=delete", "namespace/zen-smoke", "--timeout=120s"]);
  const settings = [
    "image.registryPolicy={registry.hardened.test/*}",
    ...["image.repository=registry.hardened.test/zen-agent", "image.tag=local"],
    ...["zen-watcher.image.repository=registry.hardened.test/zen-watcher", "zen-watcher.image.tag=local"],
  ].flatMap((one) => ["--set", one]);
  const smoke = async (...helm: string[]) => {
    await gone();
    const script = join(root, "charts/zen-agent/scripts/demo/helm-smoke-k3d.sh");
    const words = ["--kubeconfig", instance.kubeconfig, "--", ...settings, ...helm];
    return run(script, words, { timeoutMs: 400_000 });
  };

  it("[ZN-53] agent and watcher get ready by the local example, an Observation is written, and the namespace goes", async () => {
    const { code, stdout, text } = await smoke();
    assert.equal(code, 0, text);
    const [, seen = ""] = stdout.split(/^run +an Observation of a warning$/m);
    assert.match(seen, /^pod\/zen-agent-zen-watcher-\S+ +1\/1 +Running +0 /m);
    assert.match(seen, /^pod\/zen-agent-(?!zen-watcher)\S+ +1\/1 +Running +0 /m);
    assert.equal(seen.match(/^pod\//gm)?.length, 2, seen);
    assert.match(seen, /^observation\.zen\.kube-zen\.io\/smoke-\S+ +.*\bSmoke\b/m);
    assert.match(stdout, /^ok +zen-agent and zen-watcher run, and an Observation was made$/m);
    await gone();
  });

  it("[ZN-53] a pod that does not get ready ends it with exit code 1, before any Observation is asked for", async () => {
    const { code, stdout, text } = await smoke("--set", "image.tag=absent", "--timeout", "30s");
    assert.equal(code, 1, text);
    assert.match(text, /context deadline exceeded|timed out waiting for the condition/);
    assert.doesNotMatch(stdout, /^run +an Observation/m);
  });

  it("[ZN-53] without a watcher no Observation is written, and that ends it with exit code 1", async () => {
    const { code, text } = await smoke("--set", "zen-watcher.enabled=false");
    assert.equal(code, 1, text);
    assert.match(text, /^no Observation within 60 s$/m);
  });
});
