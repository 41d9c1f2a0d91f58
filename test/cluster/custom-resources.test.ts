import assert from "node:assert/strict";
import { ClusterUnavailable, Forbidden } from "../../cluster/cluster";
import { isKept, kindFaults, type RequiredKind } from "../../cluster/custom-resources";
import { MemoryCluster, type Stored } from "../support/doubles/memory-cluster";

const owner = "hardened/dev";
const name = "things.a.example";
const is = `CustomResourceDefinition ${name}`;
const by = "hardened:a.crds.install";

/** A cluster with the kind, made by someone; nothing there without `metadata`. */
function cluster(metadata?: object, served: readonly string[] = ["v1"]): MemoryCluster {
  const one = new MemoryCluster([
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      resource: "customresourcedefinitions",
      namespaced: false,
    },
  ]);
  const definition = (called: string, more: object): Stored => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: called, ...more },
    spec: { versions: ["v1alpha1", "v1"].map((version) => ({ name: version, served: served.includes(version) })) },
  });
  one.objects = [definition("others.a.example", {}), ...(metadata ? [definition(name, metadata)] : [])];
  return one;
}

const wanted = (installed: boolean): RequiredKind[] => [{ name, version: "v1", installed, by }];
const labels = { "app.kubernetes.io/managed-by": "pulumi" };

describe("custom-resources: kinds a stack needs", () => {
  it("what the stack makes itself is missing or its own", async () => {
    assert.deepEqual(await kindFaults(cluster(), owner, wanted(true)), []);
    const annotations = { "hardened.pulumi/stack": owner };
    assert.deepEqual(await kindFaults(cluster({ labels, annotations }), owner, wanted(true)), []);
  });

  for (const [who, metadata] of [
    ["belongs to the stack hardened/other", { labels, annotations: { "hardened.pulumi/stack": "hardened/other" } }],
    [
      "belongs to the Helm release zen/watcher",
      { annotations: { "meta.helm.sh/release-name": "watcher", "meta.helm.sh/release-namespace": "zen" } },
    ],
    ["was made with kubectl", { managedFields: [{ manager: "kubectl" }, { manager: "kube-apiserver" }] }],
    ["was made with something else than this program", {}],
    ["was made with something else than this program", { managedFields: [] }],
    ["was made with something else than this program", { managedFields: [{}] }],
  ] as const) {
    it(`another's is refused where the stack makes its own: it ${who}`, async () =>
      assert.deepEqual(await kindFaults(cluster(metadata), owner, wanted(true)), [
        `${is} exists and ${who}; two owners would undo each other's changes, and nobody should delete it, since all objects of the kind go with it: use it as it is (${by}: false), or hand it over to this stack: kubectl annotate crd ${name} hardened.pulumi/stack=${owner} --overwrite && kubectl label crd ${name} app.kubernetes.io/managed-by=pulumi --overwrite`,
      ]));

    it(`another's is used as it is where the stack makes none: it ${who}`, async () => {
      assert.deepEqual(await kindFaults(cluster(metadata), owner, wanted(false)), []);
      assert.deepEqual(await kindFaults(cluster(metadata, ["v1alpha1", "v1alpha2"]), owner, wanted(false)), [
        `${is} serves v1alpha1, and v1 is needed; it ${who}, who has to bring it up to date first (${by} is false)`,
      ]);
    });
  }

  it("one that has to be there and is not", async () =>
    assert.deepEqual(await kindFaults(cluster(), owner, wanted(false)), [
      `${is} does not exist, and ${by} is false; set it to true, or have its owner install it first`,
    ]));

  it("each of several is looked at by its own name, and old versions are named together", async () => {
    const one = cluster({}, ["v1alpha1", "v1"]);
    const both = [...wanted(false), { name: "others.a.example", version: "v2", installed: false, by }];
    assert.deepEqual(await kindFaults(one, owner, both), [
      `CustomResourceDefinition others.a.example serves v1alpha1, v1, and v2 is needed; it was made with something else than this program, who has to bring it up to date first (${by} is false)`,
    ]);
  });

  it("nothing is asked for a stack without kinds, and a person who may not ask goes on; any other failure is one", async () => {
    const one = cluster();
    assert.deepEqual(await kindFaults(one, owner, []), []);
    assert.deepEqual(one.commands, []);
    one.onCommand = () => {
      throw new Forbidden("not you");
    };
    assert.deepEqual(await kindFaults(one, owner, wanted(false)), []);
    one.onCommand = () => {
      throw new ClusterUnavailable("away");
    };
    await assert.rejects(kindFaults(one, owner, wanted(false)), /away/);
  });

  it("what says that it is kept outlives who made it", () => {
    const kept = (annotations?: object) =>
      isKept({ metadata: { name, ...(annotations && { annotations }) } } as Stored);
    assert.ok(kept({ "helm.sh/resource-policy": "keep" }));
    for (const other of [undefined, {}, { "helm.sh/resource-policy": "" }, { keep: "keep" }]) assert.ok(!kept(other));
  });
});
