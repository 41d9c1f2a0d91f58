import { strict as assert } from "node:assert";
import type { Manifest } from "../../../policy/contract";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { manifest, prod } from "../support/pod";

/** Objects of a release in the namespace default that are said to be there. */
const inDefault = (...objects: Manifest[]) =>
  evaluate(objects, { ...prod, namespace: "default" })
    .findings.filter(({ rule }) => rule === "default-namespace-used")
    .map(({ object }) => `${object.apiVersion} ${object.kind}`);

describe("kinds without a namespace are not in the namespace default", () => {
  for (const [apiVersion, kinds] of [
    ["flowcontrol.apiserver.k8s.io/v1", "FlowSchema PriorityLevelConfiguration"],
    ["flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"],
    ["resource.k8s.io/v1", "DeviceClass ResourceSlice"],
    ["resource.k8s.io/v1alpha3", "DeviceTaintRule ResourcePoolStatusRequest"],
    ["resource.k8s.io/v1alpha2", "ResourceClass"],
    ["networking.k8s.io/v1", "ServiceCIDR IPAddress IngressClass"],
    ["storage.k8s.io/v1", "VolumeAttributesClass CSINode"],
    ["certificates.k8s.io/v1beta1", "ClusterTrustBundle"],
    ["storagemigration.k8s.io/v1beta1", "StorageVersionMigration"],
    ["internal.apiserver.k8s.io/v1alpha1", "StorageVersion"],
    ["authorization.k8s.io/v1", "SubjectAccessReview"],
    ["admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"],
    ["gateway.networking.k8s.io/v1", "GatewayClass"],
    ["snapshot.storage.k8s.io/v1", "VolumeSnapshotClass VolumeSnapshotContent"],
    ["groupsnapshot.storage.k8s.io/v1", "VolumeGroupSnapshotClass"],
    ["policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"],
    ["storage.example.k8s.io/v1", "DiskClass"],
  ] as const)
    it(`${apiVersion} ${kinds}`, () => {
      assert.deepEqual(inDefault(...kinds.split(" ").map((kind) => manifest(apiVersion, kind))), []);
    });

  it("but those that have one are, of Kubernetes' other projects too", () => {
    const objects = [
      manifest("v1", "ConfigMap"),
      manifest("resource.k8s.io/v1", "ResourceClaim"),
      manifest("storage.k8s.io/v1", "CSIStorageCapacity"),
      manifest("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ];
    assert.deepEqual(
      inDefault(...objects),
      objects.map(({ object }) => `${object.apiVersion} ${object.kind}`),
    );
  });

  it("and a finding of another rule names such an object without a namespace", () => {
    const { findings } = evaluate([manifest("resource.k8s.io/v1beta1", "DeviceClass")], {
      ...prod,
      kubeVersion: "1.36",
    });
    assert.deepEqual(
      findings.map(({ rule, object }) => [rule, object.namespace]),
      [["deprecated-api-versions", undefined]],
    );
  });
});
