import assert from "node:assert/strict";
import { missingIn } from "../../cluster/named-objects";
import { namespaceState } from "../../cluster/namespace-state";
import { podSecurityLabels } from "../../cluster/pod-security-labels";

describe("namespace-state: a namespace against what the stack wants of it", () => {
  const labels = podSecurityLabels("v1.36");
  const [enforce, version] = ["pod-security.kubernetes.io/enforce", "pod-security.kubernetes.io/enforce-version"];

  it("of nobody, with none of the labels", () =>
    assert.deepEqual(namespaceState({ metadata: {} }, "v1.36"), {
      owner: undefined,
      drifted: Object.keys(labels),
      repairs: 0,
    }));

  it("of a stack, repaired before", () => {
    const annotations = { "hardened.pulumi/stack": "hardened/dev", "hardened.pulumi/repairs": "3" };
    const metadata = { labels: { ...labels, team: "a" }, annotations };
    assert.deepEqual(namespaceState({ metadata }, "v1.36"), { owner: "hardened/dev", drifted: [], repairs: 3 });
  });

  it("with a label edited by hand, and of an older version", () => {
    const metadata = { labels: { ...labels, [enforce]: "privileged" } };
    assert.deepEqual(namespaceState({ metadata }, "v1.36").drifted, [enforce]);
    assert.deepEqual(namespaceState({ metadata: { labels } }, "v1.37").drifted, [version]);
  });
});

describe("named-objects: which keys a Secret lacks", () => {
  const keys = ["token", "password"];
  for (const [what, secret, found] of [
    ["all of one that is not there", undefined, { exists: false, missing: keys }],
    ["all of one that is empty", {}, { exists: true, missing: keys }],
    [
      "those it has not, or without a value",
      { data: { password: "", other: "eA==" } },
      { exists: true, missing: keys },
    ],
    ["some", { data: { token: "eA==" } }, { exists: true, missing: ["password"] }],
    ["none", { data: { token: "eA==", password: "eA==" } }, { exists: true, missing: [] }],
  ] as const)
    it(what, () => assert.deepEqual(missingIn(secret, keys), found));
});
