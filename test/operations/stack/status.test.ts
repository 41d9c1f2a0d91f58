import { strict as assert } from "node:assert";
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
