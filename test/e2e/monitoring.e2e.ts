import { strict as assert } from "node:assert";
import { load } from "js-yaml";
import { cluster, kubectl } from "../support/e2e-cluster";
import { textOf } from "../support/tree";

const namespace = "e2e-monitoring";
const counter = "pod_security_evaluations_total";
/** A pod that asks for the node's network: forbidden by the restricted standard. */
const forbidden = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "forbidden", namespace },
  spec: { hostNetwork: true, containers: [{ name: "a", image: "registry.hardened.test/a:dev" }] },
};
const restricted = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name: namespace,
    labels: {
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/audit": "restricted",
    },
  },
};

/** `label="value"` pairs of a series, without those that scraping adds. */
const labels = (series: string): Record<string, string> =>
  Object.fromEntries(
    [...series.matchAll(/(\w+)="([^"]*)"/g)]
      .map(([, name = "", value = ""]) => [name, value])
      .filter(([name]) => !["job", "instance"].includes(name as string)),
  );

describe("the API server's own counter of Pod Security", () => {
  before(async () => {
    await cluster();
    await kubectl(["apply", "-f", "-"], JSON.stringify(restricted));
  });
  after(() => kubectl(["delete", "namespace", namespace, "--wait=false"]));

  /** Value of the counter for refused or audited new pods. */
  async function violations(mode: string): Promise<{ value: number; labels: Record<string, string> }> {
    const lines = (await kubectl(["get", "--raw", "/metrics"])).split("\n");
    const found = lines.find(
      (line) =>
        line.startsWith(`${counter}{`) &&
        [
          'decision="deny"',
          `mode="${mode}"`,
          'policy_level="restricted"',
          'policy_version="latest"',
          'resource="pod"',
          'request_operation="create"',
        ].every((part) => line.includes(part)),
    );
    return { value: Number(found?.split(" ").at(-1) ?? 0), labels: labels(found ?? "") };
  }

  it("[COS-49] counts a refused pod, by the labels that the alert's test has", async () => {
    const before = await violations("enforce");
    await assert.rejects(kubectl(["create", "-f", "-"], JSON.stringify(forbidden)), /violates PodSecurity/);
    const after = await violations("enforce");
    assert.ok(after.value > before.value);
    const { tests } = load(textOf("test/operations/monitoring/rules/pod-security.yaml")) as {
      tests: { input_series: { series: string }[] }[];
    };
    const tested = tests[0]?.input_series.find(({ series }) => series.includes('decision="deny"'));
    assert.deepEqual(after.labels, labels(tested?.series ?? ""));
  });
});
