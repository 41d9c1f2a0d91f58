import { strict as assert } from "node:assert";
import { isCluster, scopeOf } from "../../../policy/manifest/cluster-kinds";
import { groupOf, knownKinds, knownMinors, readKinds, writeKinds } from "../../../policy/manifest/kind-table";

describe("kinds of the whole cluster", () => {
  for (const [apiVersion, kinds] of Object.entries({
    v1: "Namespace Node PersistentVolume ComponentStatus",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiregistration.k8s.io/v1": "APIService",
    "certificates.k8s.io/v1beta1": "ClusterTrustBundle",
    "flowcontrol.apiserver.k8s.io/v1": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io/v1": "IngressClass IPAddress ServiceCIDR",
    "policy/v1beta1": "PodSecurityPolicy",
    "rbac.authorization.k8s.io/v1beta1": "ClusterRole",
    "resource.k8s.io/v1": "DeviceClass ResourceSlice",
    "storage.k8s.io/v1": "VolumeAttributesClass StorageClass",
    "storagemigration.k8s.io/v1beta1": "StorageVersionMigration",
    "gateway.networking.k8s.io/v1": "GatewayClass",
    "snapshot.storage.k8s.io/v1": "VolumeSnapshotClass VolumeSnapshotContent",
  }))
    for (const kind of kinds.split(" "))
      it(`are ${kind} of ${apiVersion}`, () => assert.ok(isCluster(apiVersion, kind)));

  it("are told by group, not by name alone", () => {
    assert.equal(scopeOf("v1", "Service"), "Namespaced");
    assert.equal(scopeOf("gateway.networking.k8s.io/v1", "HTTPRoute"), "Namespaced");
    assert.equal(scopeOf("projects.example.com/v1", "Namespace"), undefined);
    assert.equal(isCluster("projects.example.com/v1", "Namespace"), false);
  });

  it("are no kinds that only a subresource has, and nothing that an object inherits", () => {
    assert.equal(scopeOf("apps/v1", "Scale"), undefined);
    assert.equal(scopeOf("v1", "constructor"), undefined);
  });
});

describe("the table of Kubernetes' own kinds", () => {
  it("reads what it writes", () => {
    const rows = "apps/v1 29-37 Deployment Scale~\ncertificates.k8s.io/v1beta1 33-37 off ClusterTrustBundle!\n";
    assert.deepEqual(readKinds(rows).at(-1), {
      apiVersion: "certificates.k8s.io/v1beta1",
      kind: "ClusterTrustBundle",
      scope: "Cluster",
      from: 33,
      to: 37,
      stock: false,
    });
    assert.equal(writeKinds(readKinds(rows)), rows);
  });

  it("has a kind, a scope and a span in every entry, and one scope for each kind of a group", () => {
    const scopes = new Map<string, string>();
    for (const { apiVersion, kind, scope, from, to } of knownKinds) {
      assert.match(apiVersion, /^(?:[a-z0-9.]+\/)?v\d+(?:(?:alpha|beta)\d+)?$/);
      assert.match(kind, /^[A-Z]\w+$/);
      assert.ok(knownMinors.first <= from && from <= to && to <= knownMinors.last, `${apiVersion} ${kind}`);
      const key = `${groupOf(apiVersion)} ${kind}`;
      if (scope === undefined) continue;
      assert.equal(scopes.get(key) ?? scope, scope, key);
      scopes.set(key, scope);
    }
  });
});
