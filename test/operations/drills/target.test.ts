import assert from "node:assert/strict";
import { failureOf } from "../../../operations/drills/bad-release";
import { breakDeployment } from "../../../operations/drills/broken-revision";
import { isEvictable } from "../../../operations/drills/node-drain";
import { type Budget, budgetFor, isReady, type Pod, requireDisruptionAllowed } from "../../../operations/drills/target";
import { useHelm } from "../../policy/support/helm";

const pod = (labels: Record<string, string>, more: object = {}): Pod => ({
  metadata: { name: "web-1", uid: "1", labels, ...more },
  spec: {},
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
});
const budget = (name: string, matchLabels: object, status?: Budget["status"]): Budget => ({
  metadata: { name, uid: name },
  spec: { selector: { matchLabels } },
  ...(status && { status }),
});

describe("what a drill looks at", () => {
  it("[COS-28] pods without a PodDisruptionBudget are refused, and so are pods with several", () => {
    const pods = [pod({ app: "web" })];
    assert.throws(
      () => budgetFor("web", pods, [budget("other", { app: "api" })]),
      /no PodDisruptionBudget selects its pods/,
    );
    const two = [budget("a", { app: "web" }), budget("b", { app: "web" })];
    assert.throws(() => budgetFor("web", pods, two), /several PodDisruptionBudgets select its pods \(a, b\)/);
    assert.equal(
      budgetFor("web", pods, [budget("other", { app: "api" }), budget("a", { app: "web" })]).metadata.name,
      "a",
    );
  });

  it("[COS-28] a budget that allows no disruption is refused, with what it says of itself", () => {
    const full = budget("web", {}, { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 });
    assert.throws(() => requireDisruptionAllowed(full), {
      message: /web allows no disruption \(1 healthy, 1 needed\): nothing was evicted/,
      exitCode: 2,
    });
    assert.throws(() => requireDisruptionAllowed(budget("web", {})), /allows no disruption/);
    requireDisruptionAllowed(budget("web", {}, { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 }));
  });

  it("a pod that is leaving is not ready", () => {
    assert.equal(isReady(pod({})), true);
    assert.equal(isReady(pod({}, { deletionTimestamp: "2026-01-01T00:00:00Z" })), false);
  });

  it("a drain leaves pods of DaemonSets, mirror pods and finished ones where they are", () => {
    assert.equal(isEvictable(pod({})), true);
    assert.equal(isEvictable(pod({}, { ownerReferences: [{ kind: "DaemonSet", name: "x" }] })), false);
    assert.equal(isEvictable(pod({}, { annotations: { "kubernetes.io/config.mirror": "x" } })), false);
    assert.equal(isEvictable({ ...pod({}), status: { phase: "Succeeded" } }), false);
  });

  it("a container that cannot start is told from one that may still come", () => {
    const container = { name: "web", restartCount: 0 };
    assert.equal(failureOf({ ...container, state: { waiting: { reason: "ContainerCreating" } } }), undefined);
    assert.equal(failureOf({ ...container, state: { waiting: { reason: "CrashLoopBackOff" } } }), "CrashLoopBackOff");
    assert.equal(failureOf({ ...container, state: { terminated: { exitCode: 3 } } }), "exit code 3");
    assert.equal(failureOf({ ...container, state: { terminated: { exitCode: 0 } } }), undefined);
  });

  it("the bad revision differs from the good one in one field", async () => {
    useHelm();
    const manifest = `# Source: a/b.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: x}, {name: side, image: "{{ not evaluated }}"}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
`;
    const [deployment, service] = await breakDeployment(manifest, "web");
    assert.deepEqual(deployment?.spec, {
      template: {
        spec: {
          containers: [
            { name: "web", image: "x", command: ["/hardened-drill/no-such-program"] },
            { name: "side", image: "{{ not evaluated }}" },
          ],
        },
      },
    });
    assert.equal(service?.kind, "Service");
    await assert.rejects(breakDeployment(manifest, "api"), /holds no Deployment api/);
  });
});
