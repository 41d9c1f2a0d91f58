import { strict as assert } from "node:assert";
import type { JsonObject } from "../../../policy/contract";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { remedies } from "../../../policy/remedies/remedies";
import { applyEdits } from "../../../policy/remedies/remedy";
import { container, deployment, manifest, podSpec, prod } from "../support/pod";

const broken = (rule: string, object: JsonObject): boolean =>
  evaluate([{ object }], prod).findings.some((finding) => finding.rule === rule);
const mended = (rule: string, object: JsonObject): JsonObject => {
  const copy = structuredClone(object);
  applyEdits(copy, remedies.get(rule)?.edits(object) ?? []);
  return copy;
};
/** A container whose security context lacks a key, or has another value for it. */
const without = (key: string, value?: unknown): JsonObject => {
  const { securityContext, ...rest } = container();
  const { [key]: _, ...others } = securityContext as JsonObject;
  return { ...rest, securityContext: { ...others, ...(value !== undefined && { [key]: value as string }) } };
};
const pod = (change: JsonObject): JsonObject => deployment(podSpec(change)).object;
const cronJob = (spec: JsonObject): JsonObject =>
  manifest("batch/v1", "CronJob", { spec: { jobTemplate: { spec: { template: { spec } } } } }).object;

/** By rule: objects that break it and can be mended. */
const cases: Readonly<Record<string, readonly JsonObject[]>> = {
  "allow-privilege-escalation": [
    pod({ containers: [without("allowPrivilegeEscalation"), container({ name: "good" })] }),
    pod({ initContainers: [{ name: "bare" }] }),
    cronJob({ containers: [without("allowPrivilegeEscalation")] }),
    manifest("v1", "Pod", { spec: podSpec({ containers: [without("allowPrivilegeEscalation")] }) }).object,
  ],
  "seccomp-profile-restricted": [
    pod({ containers: [without("seccompProfile")] }),
    pod({ securityContext: { runAsUser: 1000 }, containers: [without("seccompProfile")] }),
  ],
  "service-account-token": [
    pod({ automountServiceAccountToken: null }),
    pod({ automountServiceAccountToken: null, serviceAccountName: "default" }),
  ],
  "default-service-account": [manifest("v1", "ServiceAccount", { metadata: { name: "default" } }).object],
  "writable-tmp": [
    pod({ volumes: [], containers: [container({ volumeMounts: [] }), container({ name: "two", volumeMounts: null })] }),
    pod({ containers: [container({ volumeMounts: [{ name: "tmp", mountPath: "/cache" }] })] }),
  ],
};

/** By rule: objects whose own word, or another reason, is in the way. */
const untouched: Readonly<Record<string, readonly JsonObject[]>> = {
  "allow-privilege-escalation": [
    pod({ containers: [without("allowPrivilegeEscalation", true)] }),
    pod({ containers: [{ name: "x", securityContext: { privileged: true } }] }),
    pod({ containers: [{ name: "x", securityContext: { capabilities: { add: ["CAP_SYS_ADMIN"] } } }] }),
    pod({ containers: [without("allowPrivilegeEscalation", UNKNOWN)] }),
    pod({ ephemeralContainers: [{ name: "debug" }] }),
  ],
  "seccomp-profile-restricted": [
    pod({ securityContext: { seccompProfile: { type: "Unconfined" } }, containers: [without("seccompProfile")] }),
  ],
  "service-account-token": [
    pod({ automountServiceAccountToken: true }),
    pod({ automountServiceAccountToken: null, serviceAccountName: "web" }),
  ],
  "default-service-account": [
    manifest("v1", "ServiceAccount", { metadata: { name: "default" }, automountServiceAccountToken: true }).object,
    manifest("v1", "ServiceAccount", { metadata: { name: "web" } }).object,
  ],
  "writable-tmp": [
    pod({ containers: [container({ volumeMounts: [{ name: "tmp", mountPath: "/tmp/", readOnly: true }] })] }),
    pod({ volumes: UNKNOWN as never, containers: [container({ volumeMounts: [] })] }),
    pod({ volumes: [{ name: "hardened-tmp", configMap: {} }], containers: [container({ volumeMounts: [] })] }),
  ],
};

describe("remedies", () => {
  it("have cases for what they fix and for what they leave alone", () => {
    assert.deepEqual([...remedies.keys()], Object.keys(cases).toSorted());
    assert.deepEqual([...remedies.keys()], Object.keys(untouched).toSorted());
  });

  for (const [rule, objects] of Object.entries(cases)) {
    it(`${rule}: mends what breaks it, once and without breaking anything else`, () => {
      for (const object of objects) {
        assert.ok(broken(rule, object), JSON.stringify(object));
        const after = mended(rule, object);
        assert.ok(!broken(rule, after), JSON.stringify(after));
        assert.deepEqual(mended(rule, after), after);
        const before = new Set(evaluate([{ object }], prod).findings.map((finding) => finding.rule));
        for (const finding of evaluate([{ object: after }], prod).findings)
          assert.ok(before.has(finding.rule), finding.rule);
      }
    });
  }

  for (const [rule, objects] of Object.entries(untouched)) {
    it(`${rule}: leaves alone what says otherwise, and what nobody knows`, () => {
      for (const object of objects) assert.deepEqual(remedies.get(rule)?.edits(object), [], JSON.stringify(object));
    });
  }

  it("leave alone the container or the pod in which anything is exempt", () => {
    const bare = ["a", "b"].map((name) => ({ name, securityContext: { readOnlyRootFilesystem: true } }));
    const object = manifest("v1", "Pod", { spec: { containers: bare } }).object;
    const at = ["spec", "containers", 0];
    const isExempt = (place: readonly (string | number)[]): boolean => place.every((key, index) => at[index] === key);
    const paths = (rule: string): string[] =>
      (remedies.get(rule)?.edits(object, isExempt) ?? []).map(({ path }) => path.slice(0, 3).join("."));
    assert.deepEqual(paths("allow-privilege-escalation"), ["spec.containers.1"]);
    assert.deepEqual(paths("writable-tmp"), ["spec.volumes.0", "spec.containers.1"]);
    assert.deepEqual(paths("seccomp-profile-restricted"), []);
    assert.deepEqual(paths("service-account-token"), []);
  });

  it("set what is missing, on the way too, and change nothing that is there", () => {
    const tree = { a: { b: 1 } };
    applyEdits(tree, [
      { path: ["a", "b"], value: 2 },
      { path: ["a", "list", 0], value: "first" },
      { path: ["c", "d"], value: true },
    ]);
    assert.deepEqual(tree, { a: { b: 1, list: ["first"] }, c: { d: true } });
  });
});
