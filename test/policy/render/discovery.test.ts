import { strict as assert } from "node:assert";
import { servedBy, servedInVersion, versionIn, versionPaths } from "../../../policy/render/discovery";

const kind = (name: string) => ({ responseKind: { kind: name } });

describe("what an API server serves", () => {
  it("is every version, kind and subresource's kind, each once", () => {
    const resources = [
      { ...kind("Deployment"), subresources: [kind("Scale"), kind("Deployment")] },
      { ...kind("StatefulSet"), subresources: [kind("Scale")] },
    ];
    const items = [{ metadata: { name: "apps" }, versions: [{ version: "v1", resources }, { version: "v1beta1" }] }];
    assert.deepEqual(servedBy({ kind: "APIGroupDiscoveryList", items }), [
      "apps/v1",
      "apps/v1/Deployment",
      "apps/v1/StatefulSet",
      "apps/v1/Scale",
      "apps/v1beta1",
    ]);
  });

  it("has no group's name before the oldest version", () => {
    const items = [{ metadata: {}, versions: [{ version: "v1", resources: [kind("Pod")] }] }];
    assert.deepEqual(servedBy({ kind: "APIGroupDiscoveryList", items }), ["v1", "v1/Pod"]);
  });

  it("is asked version by version of an older server", () => {
    const groups = [{ versions: [{ groupVersion: "apps/v1" }, { groupVersion: "batch/v1" }] }];
    assert.equal(servedBy({ kind: "APIGroupList", groups }), undefined);
    assert.deepEqual(versionPaths({ kind: "APIGroupList", groups }), ["/apis/apps/v1", "/apis/batch/v1"]);
    assert.deepEqual(versionPaths({ kind: "APIVersions", versions: ["v1"] }), ["/api/v1"]);
    const resources = [{ kind: "Pod" }, { kind: "Binding" }, { kind: "Pod" }];
    assert.deepEqual(servedInVersion({ groupVersion: "v1", resources }), ["v1", "v1/Pod", "v1/Binding"]);
  });

  it("has a version, or none that can be told", () => {
    assert.equal(versionIn({ gitVersion: "v1.36.3" }), "v1.36.3");
    assert.equal(versionIn({ gitVersion: "v1.29.1-eks-508b6b3" }), "v1.29.1-eks-508b6b3");
    for (const answer of [{}, null, { gitVersion: "latest" }, "v1.36.3"]) assert.equal(versionIn(answer), undefined);
  });
});
