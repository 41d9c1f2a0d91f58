import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../../cluster/cluster";
import { isMadeBy, othersAmong, ownObjects, referenceTo, refusal } from "../../cluster/own-objects";

describe("own-objects: whose an object is", () => {
  const owner = "hardened/dev";
  const places = [
    { system: "shop", namespace: "shop", release: "shop" },
    { system: "web", namespace: "ns", release: "web" },
  ];
  const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/name": "web" };
  const annotations = { "hardened.pulumi/stack": owner };
  const made = (metadata: object): boolean =>
    isMadeBy(owner, places, { apiVersion: "v1", kind: "Any", metadata: { name: "x", ...metadata } });

  it("this stack's: by its annotation anywhere, and without one by its labels in its own namespace", () => {
    assert.ok(made({ namespace: "ns", labels }));
    assert.ok(made({ namespace: "other", labels, annotations }));
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

describe("own-objects: objects of others under a name the stack needs", () => {
  const places = [
    { system: "shop", namespace: "shop", release: "shop" },
    { system: "web", namespace: "ns", release: "web" },
  ];
  const others = (metadata: object): number =>
    othersAmong("hardened/dev", places, [
      { apiVersion: "v1", kind: "Any", metadata: { name: "x", namespace: "ns", ...metadata } },
    ]).length;
  const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/name": "web" };
  const annotations = { "hardened.pulumi/stack": "hardened/before" };

  it("are not this stack's own, wherever they are", () => {
    const own = { "hardened.pulumi/stack": "hardened/dev" };
    assert.equal(others({ labels, annotations: own, namespace: undefined }), 0);
    assert.equal(others({ labels: { ...labels, "app.kubernetes.io/name": "shop" }, annotations: own }), 0);
  });

  it("are not those of the stack before, in a namespace that was handed over", () => {
    assert.equal(others({ labels, annotations }), 0);
    assert.equal(others({ labels }), 0);
  });

  it("are a person's, a controller's, another system's, and those of another stack elsewhere", () => {
    assert.equal(others({}), 1);
    assert.equal(others({ labels: { "app.kubernetes.io/name": "web" } }), 1);
    assert.equal(others({ labels, annotations, ownerReferences: [{ kind: "Any" }] }), 1);
    assert.equal(others({ labels: { ...labels, "app.kubernetes.io/name": "shop" }, annotations }), 1);
    assert.equal(others({ labels, annotations, namespace: "other" }), 1);
    assert.equal(others({ labels, annotations, namespace: undefined }), 1);
  });
});

describe("own-objects: what an object of another is said to be", () => {
  const other = (apiVersion: string, kind: string, metadata: object) => ({
    apiVersion,
    kind,
    metadata: { name: "x", ...metadata },
  });
  const said = (...given: Parameters<typeof other>): string => refusal([other(...given)], "hardened/dev");
  const then =
    "which needs the name for an object of its own; look at it, and when nobody needs it, delete it: kubectl delete";

  it("nobody's, in its namespace", () =>
    assert.equal(
      said("networking.k8s.io/v1", "NetworkPolicy", { namespace: "ns" }),
      `NetworkPolicy ns/x exists and was not made by this stack, ${then} networkpolicy.networking.k8s.io x -n ns`,
    ));
  it("another stack's, outside of namespaces", () =>
    assert.equal(
      said("a.example/v1", "ClusterThing", { annotations: { "hardened.pulumi/stack": "hardened/prod" } }),
      `ClusterThing x exists and belongs to the stack hardened/prod, ${then} clusterthing.a.example x`,
    ));
  it("with this stack's mark alone, of the core group", () =>
    assert.equal(
      said("v1", "Secret", { namespace: "ns", annotations: { "hardened.pulumi/stack": "hardened/dev" } }),
      `Secret ns/x exists and was not made by this stack, ${then} secret x -n ns`,
    ));
  it("a line each, where there are several", () => {
    const several = refusal([other("v1", "Secret", { namespace: "ns" }), other("v1", "Node", {})], "hardened/dev");
    assert.equal(several, `${said("v1", "Secret", { namespace: "ns" })}\n${said("v1", "Node", {})}`);
  });
});

describe("own-objects: which object a resource will be", () => {
  for (const [type, props, namespace, reference] of [
    [
      "kubernetes:core/v1:Secret",
      {},
      "ns",
      { apiVersion: "v1", kind: "Secret", metadata: { name: "x", namespace: "ns" } },
    ],
    [
      "kubernetes:apps/v1:Deployment",
      {},
      undefined,
      { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "x" } },
    ],
    [
      "kubernetes:a.example/v1:List",
      { apiVersion: "a.example/v2", kind: "Thing" },
      undefined,
      { apiVersion: "a.example/v2", kind: "Thing", metadata: { name: "x" } },
    ],
  ] as const)
    it(`${reference.apiVersion} ${reference.kind}`, () =>
      assert.deepEqual(referenceTo(type, props, "x", namespace), reference));
});

describe("own-objects: what is asked before an object is registered", () => {
  const folder = mkdtempSync(join(tmpdir(), "own-objects-"));
  const given = process.env.KUBECONFIG;
  const resource = {} as pulumi.Resource;
  const parent = { urn: "urn:parent" } as unknown as pulumi.Resource;
  const earlier = { urn: "urn:before" } as unknown as pulumi.Resource;
  /** A context that no kubeconfig has: kubectl cannot ask. */
  const own = () =>
    ownObjects({ cluster: new Cluster("nowhere"), owner: "hardened/dev", places: [], state: async () => ({}) });
  const transformed = (type: string, metadata: object, isPreview = false, dependsOn: unknown = earlier) => {
    pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "app", "dev", isPreview);
    return own()({ resource, type, name: "x", props: { spec: "x", metadata }, opts: { parent, dependsOn } as never });
  };
  const dependsOn = (result: pulumi.ResourceTransformationResult | undefined) =>
    result?.opts.dependsOn as Promise<pulumi.Resource[]>;

  const marks = {
    labels: { "app.kubernetes.io/managed-by": "pulumi" },
    annotations: { "hardened.pulumi/stack": "hardened/dev" },
  };

  before(() => {
    writeFileSync(join(folder, "config"), JSON.stringify({ apiVersion: "v1", kind: "Config", contexts: [] }));
    process.env.KUBECONFIG = join(folder, "config");
  });
  after(() => {
    if (given === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = given;
    rmSync(folder, { recursive: true, force: true });
  });

  it("it waits for the answer, keeps its options, and is not registered when nobody answers", async () => {
    const result = transformed("kubernetes:core/v1:Secret", { name: "x", namespace: "ns" });
    assert.equal(result?.opts.parent, parent);
    assert.deepEqual(result?.props, { spec: "x", metadata: { name: "x", namespace: "ns", ...marks } });
    await assert.rejects(dependsOn(result), /^Error: the cluster of context "nowhere" could not be asked: .*nowhere/);
  });

  it("a preview goes on without an answer, after what it had to wait for", async () => {
    const result = transformed("kubernetes:core/v1:Secret", { name: "x", namespace: "ns" }, true);
    assert.deepEqual(await dependsOn(result), [earlier]);
    const metadata = { name: "x", namespace: "ns" };
    for (const [given, wanted] of [
      [
        [earlier, parent],
        [earlier, parent],
      ],
      [null, []],
    ])
      assert.deepEqual(await dependsOn(transformed("kubernetes:core/v1:Secret", metadata, true, given)), wanted);
  });

  it("without any kubeconfig a preview asks nobody, and a run does", async () => {
    process.env.KUBECONFIG = join(folder, "none");
    const metadata = { name: "x", namespace: "ns" };
    assert.equal(transformed("kubernetes:core/v1:Secret", metadata, true)?.opts.dependsOn, earlier);
    await assert.rejects(dependsOn(transformed("kubernetes:core/v1:Secret", metadata)), /could not be asked/);
    process.env.KUBECONFIG = join(folder, "config");
  });

  for (const kind of [
    "core/v1:Namespace",
    "core/v1:Secret",
    "rbac.authorization.k8s.io/v1:ClusterRole",
    "a.example/v1:Any",
  ])
    it(`of whatever kind, it has the stack's marks beside its own: ${kind}`, async () => {
      const own = { annotations: { a: "b" }, labels: { c: "d" } };
      const result = transformed(`kubernetes:${kind}`, { name: "x", ...own }, true);
      assert.deepEqual(result?.props.metadata, {
        name: "x",
        annotations: { ...own.annotations, ...marks.annotations },
        labels: { ...own.labels, ...marks.labels },
      });
      await dependsOn(result);
    });

  it("its marks join labels and annotations that are known later", async () => {
    const labels = pulumi.output({ c: "d" });
    const result = transformed("kubernetes:core/v1:Secret", { name: "x", labels }, true);
    const found = await new Promise((resolve) => void pulumi.output(result?.props.metadata.labels).apply(resolve));
    await dependsOn(result);
    assert.deepEqual(found, { c: "d", ...marks.labels });
  });

  it("a namespace is not asked for: the preflight has looked at it", () =>
    assert.equal(transformed("kubernetes:core/v1:Namespace", { name: "x" })?.opts.dependsOn, earlier));

  it("what has no name yet cannot be met, and what is no object is left alone", () => {
    assert.equal(transformed("kubernetes:core/v1:Secret", { namespace: "ns" })?.opts.dependsOn, earlier);
    assert.equal(transformed("random:index/randomPassword:RandomPassword", { name: "x" }), undefined);
  });
});
