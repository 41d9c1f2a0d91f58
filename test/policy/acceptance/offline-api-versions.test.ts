import { strict as assert } from "node:assert";
import { join } from "node:path";
import { evaluateChart } from "../../../policy/evaluate/evaluate-chart";
import { useHelm } from "../support/helm";
import { prod } from "../support/pod";

const { namespace: _, ...context } = prod;

/** Versions and kinds a chart renders to for a Kubernetes nobody could ask, and what is said of versions of APIs. */
async function evaluated(name: string, kubeVersion = "1.36") {
  const chart = join(__dirname, "inputs/offline-api-versions", name);
  const request = { chart, name: "shop", namespace: "shop", values: {}, kubeVersion };
  const { verdict, manifests } = await evaluateChart(request, { ...context, kubeVersion });
  return {
    objects: manifests.map(({ object }) => `${object.apiVersion} ${object.kind}`),
    rules: verdict.findings.map(({ rule }) => rule).filter((rule) => rule.endsWith("-api-versions")),
  };
}

describe("a chart that asks what is served, where there is no cluster to ask", () => {
  before(useHelm);

  it("is told of the APIs that are not in Helm's own scheme", async () => {
    assert.deepEqual(await evaluated("apiservice"), { objects: ["apiregistration.k8s.io/v1 APIService"], rules: [] });
  });

  it("is told of no version that ended, however it asks", async () => {
    const objects = ["policy/v1 PodDisruptionBudget", "networking.k8s.io/v1 IngressClass"];
    assert.deepEqual(await evaluated("old-first"), { objects, rules: [] });
  });

  it("is told of the kinds that are new in the declared version, and in no older one", async () => {
    const objects = ["storage.k8s.io/v1 VolumeAttributesClass"];
    assert.deepEqual(await evaluated("new-kinds"), { objects, rules: [] });
    assert.deepEqual(await evaluated("new-kinds", "v1.34.2"), { objects, rules: [] });
    await assert.rejects(evaluated("new-kinds", "1.33"), /is not served/);
  });
});
