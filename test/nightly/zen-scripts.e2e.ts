import assert from "node:assert/strict";
import { join } from "node:path";
import { publishImages } from "../../cluster/local/images";
import { cluster, instance } from "../support/e2e-cluster";
import { run } from "../support/run";
import { root } from "../support/tree";

/** The smoke test of zen's scripts on a real cluster: what it does on k3d, by the kubeconfig of another. */
describe("charts/zen-agent/scripts/demo", function () {
  this.timeout(900_000);
  before(async () => {
    await cluster();
    await publishImages({ name: instance.name, systems: ["zen"], log: () => {} });
  });

  const images = [
    ...["image.registryPolicy={registry.hardened.test/*}", "image.repository=registry.hardened.test/zen-agent"],
    ...["image.tag=local", "zen-watcher.image.repository=registry.hardened.test/zen-watcher"],
    "zen-watcher.image.tag=local",
  ].flatMap((one) => ["--set", one]);
  const smoke = (...helm: string[]) =>
    run(
      join(root, "charts/zen-agent/scripts/demo/helm-smoke-k3d.sh"),
      ["--kubeconfig", instance.kubeconfig, "--", ...images, ...helm],
      { timeoutMs: 600_000 },
    );

  it("[ZN-53] [ZN-58] installs agent and watcher by the local example, sees an Observation made, and takes the namespace away", async () => {
    const { code, stdout, text } = await smoke();
    assert.equal(code, 0, text);
    assert.match(stdout, /^run +helm upgrade --install zen-agent$/m);
    assert.match(stdout, /^ok +zen-agent and zen-watcher run, and an Observation was made$/m);
  });

  it("[ZN-53] what the chart refuses ends it with a code of its own, and Helm's words", async () => {
    const { code, text } = await smoke("--set", "profile=production");
    assert.equal(code, 1, text);
    assert.match(text, /profile/);
  });
});
