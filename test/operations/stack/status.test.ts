import { strict as assert } from "node:assert";
import { Cluster, Forbidden } from "../../../cluster/cluster";
import { type FluxObject, fluxFailures, fluxWarnings, notReady } from "../../../operations/stack/installed";
import { statusTable, warningsOf } from "../../../operations/stack/status";

const now = Date.parse("2026-01-01T12:00:00Z");
const minutesAgo = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const pod = (name: string, ready: boolean) => ({
  metadata: { name },
  status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
});
const event = (name: string, component: string, reason: string, minutes: number, type = "Warning") => ({
  involvedObject: { name },
  type,
  reason,
  message: `${reason} of ${name}`,
  source: { component },
  lastTimestamp: minutesAgo(minutes),
});

describe("operations/stack/status: warnings", () => {
  it("[ZN-09] of a pod's own program the last word counts, while it is fresh", () => {
    const pods = [pod("agent", true)];
    const of = (...events: ReturnType<typeof event>[]): string[] => warningsOf(pods, events, now);
    const refused = event("agent", "zen-agent", "SaaSUnavailable", 3);
    assert.deepEqual(of(refused), ["agent: SaaSUnavailable: SaaSUnavailable of agent"]);
    assert.deepEqual(of(event("agent", "zen-agent", "SaaSAnswers", 2, "Normal"), refused), []);
    assert.deepEqual(of(event("agent", "zen-agent", "SaaSAnswers", 5, "Normal"), refused).length, 1);
    assert.deepEqual(of(event("agent", "zen-agent", "SaaSUnavailable", 16)), []);
    const forged = { ...refused, message: "no\nzen  zen-agent  2  deployed" };
    assert.deepEqual(of(forged), ["agent: SaaSUnavailable: no zen zen-agent 2 deployed"]);
    assert.deepEqual(of(event("gone", "zen-agent", "SaaSUnavailable", 1)), []);
  });

  it("what the cluster warned of counts while the pod is not ready", () => {
    const unhealthy = [
      event("web", "kubelet", "Unhealthy", 1),
      event("web", "default-scheduler", "FailedScheduling", 2),
    ];
    assert.deepEqual(warningsOf([pod("web", true)], unhealthy, now), []);
    assert.deepEqual(warningsOf([pod("web", false)], unhealthy, now), [
      "web: FailedScheduling: FailedScheduling of web",
      "web: Unhealthy: Unhealthy of web",
    ]);
    assert.deepEqual(
      warningsOf([pod("web", false)], [...unhealthy, event("web", "default-scheduler", "Scheduled", 1, "Normal")], now),
      ["web: Unhealthy: Unhealthy of web"],
    );
  });

  it("reads the times of both APIs of events", () => {
    const { lastTimestamp: _, source: __, ...rest } = event("web", "", "Late", 0);
    const events = [
      { ...rest, reportingComponent: "own", eventTime: minutesAgo(60), series: { lastObservedTime: minutesAgo(1) } },
      { ...rest, reportingComponent: "other", eventTime: minutesAgo(2), lastTimestamp: null },
    ];
    assert.equal(warningsOf([pod("web", true)], events, now).length, 2);
  });

  it("they follow the table, each with its namespace", () => {
    const row = {
      namespace: "zen",
      release: "zen-agent",
      revision: 1,
      status: "deployed",
      ready: 1,
      pods: 1,
      healthy: true,
    };
    assert.equal(statusTable([{ ...row, warnings: [] }]).split("\n").length, 2);
    assert.deepEqual(
      statusTable([{ ...row, warnings: ["agent: SaaSUnavailable: no"] }])
        .split("\n")
        .slice(2),
      ["", "zen/agent: SaaSUnavailable: no"],
    );
  });
});

describe("operations/stack/status: objects of Flux", () => {
  const release = (generation: number, ...conditions: object[]): FluxObject =>
    ({ kind: "HelmRelease", metadata: { name: "web", generation }, status: { conditions } }) as FluxObject;
  const ready = (status: string, observedGeneration: number, message = "what Flux says") => ({
    type: "Ready",
    status,
    observedGeneration,
    message,
  });

  it("[FL-117] one that is ready says nothing, and one that is not says why, in a line", () => {
    assert.deepEqual(notReady(release(2, { type: "Released", status: "True" }, ready("True", 2))), []);
    assert.deepEqual(notReady(release(2, ready("False", 2, "no\nzen  zen-agent"))), [
      "HelmRelease web: no zen zen-agent",
    ]);
    assert.deepEqual(notReady(release(2, ready("Unknown", 2))), ["HelmRelease web: what Flux says"]);
  });

  it("[FL-117] a suspended one is not as the stack has it", () => {
    const suspended = { ...release(2, ready("True", 2)), spec: { suspend: true } };
    assert.deepEqual(notReady(suspended), ["HelmRelease web: suspended, Flux leaves it as it is"]);
  });

  it("[FL-117] one that is not there or cannot be asked for is no ready one, and a failed run says only what Flux says", async () => {
    const answers: Readonly<Record<string, () => Promise<unknown>>> = {
      ocirepositories: async () => undefined,
      helmreleases: () => Promise.reject(new Forbidden("helmreleases is forbidden")),
    };
    const cluster = new Cluster("here");
    Object.assign(cluster, { get: (kind: string) => answers[kind.split(".")[0] ?? ""]?.() });
    const at = { namespace: "web", release: "web" };
    assert.deepEqual(await fluxWarnings(cluster, at), [
      "OCIRepository web: not in the cluster",
      "HelmRelease web: helmreleases is forbidden",
    ]);
    assert.deepEqual(await fluxFailures(cluster, at), []);
  });

  it("[FL-117] that it was ready before a change is no answer", () => {
    const waiting = ["HelmRelease web: Flux has not looked at it yet"];
    assert.deepEqual(notReady(release(3, ready("True", 2))), waiting);
    assert.deepEqual(notReady(release(1)), waiting);
    assert.deepEqual(notReady({ kind: "HelmRelease", metadata: { name: "web" } }), waiting);
  });
});
