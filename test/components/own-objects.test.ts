import assert from "node:assert/strict";
import { isMadeBy } from "../../components/own-objects";

describe("own-objects: whose an object is", () => {
  const owner = "hardened/dev";
  const places = [{ system: "web", namespace: "ns", release: "web" }];
  const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/name": "web" };
  const annotations = { "hardened.pulumi/stack": owner };
  const made = (metadata: object): boolean =>
    isMadeBy(owner, places, { apiVersion: "v1", kind: "Any", metadata: { name: "x", ...metadata } });

  it("this stack's: its labels in its own namespace, its annotation outside of any", () => {
    assert.ok(made({ namespace: "ns", labels }));
    assert.ok(made({ labels, annotations }));
    assert.ok(made({ namespace: "ns", labels: { ...labels, "app.kubernetes.io/name": "extra" }, annotations }));
  });

  for (const [what, metadata] of [
    ["without labels", { namespace: "ns", annotations }],
    [
      "of another system, or of another program",
      { namespace: "ns", labels: { ...labels, "app.kubernetes.io/name": "x" } },
    ],
    ["in another namespace", { namespace: "other", labels }],
    ["outside of namespaces, without the annotation", { labels }],
    ["of another stack", { labels, annotations: { "hardened.pulumi/stack": "hardened/prod" } }],
    [
      "of another stack, in this one's namespace",
      { namespace: "ns", labels, annotations: { "hardened.pulumi/stack": "a/b" } },
    ],
    ["made by a controller from one of this stack's", { namespace: "ns", labels, ownerReferences: [{ kind: "Any" }] }],
  ] as const)
    it(`not this stack's: ${what}`, () => assert.equal(made(metadata), false));
});
