import assert from "node:assert/strict";
import { changedAt, missedChanges, restartAnnotations, type WorkloadObject } from "../../cluster/changed-secrets";

const at = (second: number): string => `2026-11-29T10:00:${String(second).padStart(2, "0")}Z`;
const reads = (secret: string) => ({ name: "main", envFrom: [{ secretRef: { name: secret } }] });

const deployment = (name: string, secret: string, written?: string): WorkloadObject => ({
  kind: "Deployment",
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: written === undefined ? {} : { annotations: { "hardened.pulumi/secrets-changed": written } },
      spec: { containers: [reads(secret)] },
    },
  },
});
const pod = (app: string, secret: string, startedAt?: string): WorkloadObject => ({
  kind: "Pod",
  metadata: { name: `${app}-1`, labels: { app, "pod-template-hash": "x" } },
  spec: { containers: [reads(secret)] },
  status: { containerStatuses: [{ name: "main", state: startedAt === undefined ? {} : { running: { startedAt } } }] },
});

describe("Secrets that changed under running pods", () => {
  it("[COS-19] a Deployment with a pod older than its Secret's content is restarted for that change, every other stays", () => {
    const objects = [
      deployment("api", "token"),
      pod("api", "token", at(20)),
      pod("api", "token", at(9)),
      deployment("web", "token"),
      pod("web", "token", at(11)),
      deployment("mail", "account"),
      pod("mail", "account", at(1)),
    ];
    assert.deepEqual(missedChanges(objects, { token: at(10), account: at(0) }), { api: at(10) });
  });

  it("the same second counts as before, a variable of a single key as the whole Secret", () => {
    const [given, own] = [deployment("api", "token"), pod("api", "token", at(10))];
    assert.deepEqual(missedChanges([given, own], { token: at(10) }), { api: at(10) });
    const container = { name: "main", env: [{ valueFrom: { secretKeyRef: { name: "token" } } }] };
    const template = { spec: { containers: [container] } };
    const single = [
      { ...given, spec: { ...given.spec, template } },
      { ...own, spec: { containers: [container] } },
    ];
    assert.deepEqual(missedChanges(single, { token: at(11) }), { api: at(11) });
  });

  it("[COS-19] what was written stays after the restart, whoever restarted, and while a new pod does not start", () => {
    const given = deployment("api", "token", at(10));
    for (const startedAt of [at(12), undefined])
      assert.deepEqual(missedChanges([given, pod("api", "token", startedAt)], { token: at(10) }), { api: at(10) });
    assert.deepEqual(missedChanges([given], { token: at(30) }), { api: at(10) }, "nothing runs");
    assert.deepEqual(missedChanges([given, pod("api", "token", at(12))], { token: at(11) }), { api: at(10) });
    assert.deepEqual(missedChanges([given, pod("api", "token", at(12))], { token: at(13) }), { api: at(13) });
    assert.deepEqual(missedChanges([given, pod("api", "token", at(5))], { token: at(10) }), { api: at(10) }, "failed");
  });

  it("a Secret that is gone or that nobody reads is none that changed", () => {
    assert.deepEqual(missedChanges([deployment("api", "gone"), pod("api", "gone", at(1))], { token: at(10) }), {});
  });

  it("content is told from labels by who wrote the data last", () => {
    const managedFields = [
      { time: at(5), fieldsV1: { "f:data": { "f:TOKEN": {} } } },
      { time: at(9), fieldsV1: { "f:metadata": { "f:labels": {} } } },
      { time: at(7), fieldsV1: { "f:data": {}, "f:metadata": {} } },
    ];
    assert.equal(changedAt({ creationTimestamp: at(1), managedFields }), at(7));
    assert.equal(changedAt({ creationTimestamp: at(1) }), at(1));
  });

  it("becomes one annotation of the pods, and none when nothing was missed", () => {
    const changes = { api: at(3), worker: at(4) };
    assert.deepEqual(restartAnnotations(changes), { "hardened.pulumi/secrets-changed": at(4) });
    assert.deepEqual(restartAnnotations(changes, ["api"]), { "hardened.pulumi/secrets-changed": at(3) });
    assert.deepEqual(restartAnnotations(changes, ["web"]), {});
    assert.deepEqual(restartAnnotations(undefined), {});
  });
});
