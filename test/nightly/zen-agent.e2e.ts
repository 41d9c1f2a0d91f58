import { strict as assert } from "node:assert";
import { type KubeObject, kubectl, object } from "../support/e2e-cluster";
import { eventually } from "../support/run";
import { apply, type ZenAgents, zenAgents } from "../support/zen-agents";

/** Agents with two replicas and mutual TLS, and a SaaS outside of the cluster: from an observation to the result of its remediation. */

interface Quota extends KubeObject {
  readonly spec: { readonly hard: Readonly<Record<string, string>> };
}

describe("zen-agent and the SaaS", () => {
  let zen: ZenAgents;
  const quota = (name: string, hard: object) => ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name, namespace: zen.targets },
    spec: { hard },
  });
  const change = (name: string, hard: object, more: object = {}) => ({
    executionMode: "ssa-immediate",
    target: { apiVersion: "v1", kind: "ResourceQuota", namespace: zen.targets, name },
    patch: JSON.stringify({ spec: { hard } }),
    ...more,
  });
  const live = (name: string): Promise<Quota> =>
    object<Quota>("resourcequota", name, "-n", zen.targets, "--show-managed-fields");
  const resultOf = (name: string) =>
    eventually(`the SaaS has the result of ${name}`, async () =>
      (await zen.state()).results.find((one) => one.name === name),
    );

  before(async function () {
    this.timeout(900_000); // the first time its images are built
    zen = await zenAgents("zen-agent");
  });
  after(() => zen?.remove());

  it("[ZN-03] [ZN-26] an event is mapped, filtered, sent; its remediation is applied as field manager zen-agent, and the SaaS has the result", async () => {
    await apply([
      quota("web", { configmaps: "100" }),
      {
        apiVersion: "zen.kube-zen.io/v1",
        kind: "ObservationMapping",
        metadata: { name: "events", namespace: zen.namespace },
        spec: {
          sourceName: "events",
          version: "v1",
          resource: "events",
          where: [{ path: "involvedObject.name", in: ["web"] }],
          category: { default: "security" },
          severity: { path: "reason", values: { Open: "high" }, default: "info" },
          eventType: { path: "reason" },
          message: { path: "message" },
          subject: { path: "involvedObject" },
        },
      },
      {
        apiVersion: "zen.kube-zen.io/v1",
        kind: "ObservationFilter",
        metadata: { name: "loud", namespace: zen.namespace },
        spec: { targetSource: "events", minSeverity: "medium" },
      },
    ]);
    await eventually("mapping and filter are in effect", async () => {
      const path = "jsonpath={.items[*].status.conditions[0].reason}";
      return (
        (await kubectl(["get", "obsm/events", "obsf/loud", "-n", zen.namespace, "-o", path])) === "Watching InEffect"
      );
    });
    const event = (reason: string) => ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `web-${reason.toLowerCase()}`, namespace: zen.targets },
      involvedObject: { apiVersion: "v1", kind: "ResourceQuota", namespace: zen.targets, name: "web" },
      type: "Warning",
      reason,
      message: `${reason}: said by a test`,
    });
    await apply([event("Quiet"), event("Open")]);
    const seen = await eventually("the SaaS has the Observation", async () =>
      (await zen.state()).observations.find(({ spec }) => spec.eventType === "Open"),
    );
    assert.equal(seen.spec.severity, "high");
    await zen.approve("close-web", change("web", { "services.nodeports": "0" }, { observations: [seen.name] }));
    const { metadata, status } = await zen.ended("close-web");
    assert.deepEqual([status?.phase, status?.approvedBy], ["Succeeded", "ada@example.com"], status?.message);
    const { spec, metadata: now } = await live("web");
    assert.deepEqual(spec.hard, { configmaps: "100", "services.nodeports": "0" });
    const managers = (now as unknown as { managedFields: { manager: string; operation: string; fieldsV1: object }[] })
      .managedFields;
    const own = managers.find(({ manager }) => manager === "zen-agent");
    assert.equal(own?.operation, "Apply");
    assert.deepEqual(own?.fieldsV1, { "f:spec": { "f:hard": { "f:services.nodeports": {} } } });
    const result = await resultOf("close-web");
    assert.deepEqual([result.uid, result.phase, result.duplicates], [metadata.uid, "Succeeded", 0]);
    const { observations } = await zen.state();
    assert.deepEqual(
      observations.map(({ spec: { eventType } }) => eventType),
      ["Open"],
      "the quiet one was left out",
    );
  });
});
