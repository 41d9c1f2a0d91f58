import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { JsonObject } from "../../policy/contract";
import { blocking } from "../../policy/evaluate/evaluate";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { useHelm } from "../policy/support/helm";
import { charts, only, type Rendered } from "./support/helm";
import { notesOf } from "./support/notes";
import { apis, merged, objectsOf, valuesOf } from "./support/zen-agent";

/** Whom the agent trusts and whom it asks: what the values say, and nothing else. */

const agent = (objects: readonly Rendered[]) => only(objects, "Deployment", "zen-agent").spec.template;
const environment = (objects: readonly Rendered[]): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries((agent(objects).spec.containers[0].env ?? []).map(({ name, value }) => [name, value]));

describe("charts/zen-agent: trust", () => {
  before(useHelm);
  const notes = notesOf("zen-agent");

  for (const profile of ["gitops", "aws"] as const)
    it(`[ZN-09] [ZN-45] ${profile}: of the client's Secret the pod has certificate and key alone; whom it trusts is caMount's matter`, async () => {
      const objects = await objectsOf(profile);
      const tls = agent(objects).spec.volumes.find(({ name }) => name === "tls") as { secret?: { items?: object } };
      assert.deepEqual(
        tls.secret?.items,
        ["tls.crt", "tls.key"].map((key) => ({ key, path: key })),
      );
      assert.equal(environment(objects).ZEN_AGENT_CA_FILE, undefined);
    });

  it("[ZN-20] nothing of the pack stands in the way of ports for the probe http", async () => {
    const found = async (changes: JsonObject) => {
      const chart = join(charts, "zen-agent");
      const values = valuesOf("aws", merged({ rbac: { namespaces: ["shop"] } }, changes)) as JsonObject;
      const { verdict } = await evaluateChart(
        { chart, name: "zen-agent", namespace: "zen", values, kubeVersion: "1.36", apiVersions: apis },
        { profile: "prod", podSecurity: { level: "restricted", version: "latest" }, now: new Date() },
      );
      return blocking(verdict, "prod").map(({ rule }) => rule);
    };
    assert.deepEqual(await found({ validation: { httpPorts: [8080] } }), await found({}));
  });

  it("[ZN-21] [ZN-22] the probe http reaches the named ports in the namespaces of remediations, and without them nothing is opened", async () => {
    const egress = (objects: readonly Rendered[]) =>
      (only(objects, "NetworkPolicy", "zen-agent").spec as unknown as { egress: object[] }).egress;
    const opened = { validation: { httpPorts: [8080, "http"] }, rbac: { namespaces: ["shop", "mail"] } };
    const closed = await objectsOf("aws", { rbac: opened.rbac });
    const open = await objectsOf("aws", opened);
    assert.equal(environment(closed).ZEN_AGENT_PROBE_PORTS, "");
    assert.equal(environment(open).ZEN_AGENT_PROBE_PORTS, "8080,http");
    const key = "kubernetes.io/metadata.name";
    assert.deepEqual(egress(open), [
      ...egress(closed),
      {
        to: [{ namespaceSelector: { matchExpressions: [{ key, operator: "In", values: ["shop", "mail"] }] } }],
        ports: [8080, "http"].map((port) => ({ protocol: "TCP", port })),
      },
    ]);
    for (const without of [
      { validation: { ...opened.validation, probes: ["kubernetes"] } },
      { rbac: { namespaces: [] } },
    ]) {
      const objects = await objectsOf("aws", { ...opened, ...without });
      assert.deepEqual(egress(objects), egress(closed));
      assert.equal(environment(objects).ZEN_AGENT_PROBE_PORTS, "");
    }
    assert.match(
      await notes(valuesOf("gitops")),
      /httpPorts is empty: a remediation whose target names an address for it is refused/,
    );
    assert.doesNotMatch(await notes(valuesOf("gitops", opened)), /httpPorts/);
  });
});
