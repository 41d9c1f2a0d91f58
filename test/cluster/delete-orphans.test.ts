import assert from "node:assert/strict";
import { deleteOrphans } from "../../cluster/orphaned-objects";
import type { ReleaseLocation } from "../../cluster/own-objects";
import type { Deployment, PastRun, StateEntry } from "../../cluster/stack-state";
import type { RunEvent } from "../../process/run-events";
import { helmRecord } from "../support/doubles/helm-record";
import { MemoryCluster, type Stored, usualKinds } from "../support/doubles/memory-cluster";

const owner = "hardened/dev";
const places: readonly ReleaseLocation[] = [{ system: "web", namespace: "ns", release: "web" }];
const annotations = { "hardened.pulumi/stack": owner };
const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/name": "web" };

const object = (kind: string, name: string, namespace?: string, more: object = { labels, annotations }): Stored => ({
  apiVersion: kind === "Job" ? "batch/v1" : kind === "Thing" || kind === "Global" ? "a.example/v1" : "v1",
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }), ...more },
});
const entry = ({ apiVersion, kind, metadata: { name, namespace } }: Stored): StateEntry => ({
  urn: `urn:${kind}::${name}`,
  type: `kubernetes:${apiVersion}:${kind}`,
  inputs: { apiVersion, kind, metadata: namespace === undefined ? { name } : { name, namespace } },
});
const release: StateEntry = {
  urn: "urn:web",
  type: "kubernetes:helm.sh/v3:Release",
  inputs: { name: "web", namespace: "ns" },
};
const namespace = object("Namespace", "ns");
const kinds = [
  ...usualKinds,
  { apiVersion: "a.example/v1", kind: "Thing", resource: "things", namespaced: true },
  { apiVersion: "a.example/v1", kind: "Global", resource: "globals", namespaced: false },
];

describe("orphaned-objects: what an interrupted run made and nobody wrote down", () => {
  /** What is left of the objects, and what was told. */
  const leftOf = async (objects: readonly Stored[], state: Deployment, at = places, runs: readonly PastRun[] = []) => {
    const cluster = new MemoryCluster(kinds);
    cluster.objects = [...objects];
    const events: RunEvent[] = [];
    const evidence = { state, runs: async () => runs };
    const notify = (event: RunEvent): void => void events.push(event);
    await deleteOrphans({ cluster, owner, places: at, evidence, host: { notify } });
    const left = cluster.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    assert.equal(cluster.open, 0, "the way into the cluster is closed");
    return { left, events, cluster };
  };
  const held: Deployment = { resources: [entry(namespace)] };
  const begun = (...all: readonly Stored[]): Deployment["pending_operations"] =>
    all.map((one) => ({ type: "creating" as const, resource: entry(one) }));

  it("goes, of whatever kind, in a namespace the state holds and outside of all, and a person is told", async () => {
    const made = object("Secret", "made", "ns");
    const orphans = [
      object("Secret", "ns", "ns"),
      object("Secret", "left", "ns"),
      object("Thing", "left", "ns"),
      object("Global", "left"),
    ];
    const state = { resources: [entry(namespace), entry(made)] };
    const { left, events, cluster } = await leftOf([namespace, made, ...orphans], state);
    assert.deepEqual(left, ["Namespace ns", "Secret made"]);
    assert.deepEqual(
      events,
      [
        { kind: "secret", name: "ns" },
        ...["secret", "thing.a.example", "global.a.example"].map((kind) => ({ kind, name: "left" })),
      ].map((data) => ({ code: "repair.removed-object", data })),
    );
    const listed = cluster.asked.filter(({ accept }) => /MetadataList/.test(accept));
    for (const { path } of listed)
      assert.ok(path.endsWith(`?labelSelector=${encodeURIComponent("app.kubernetes.io/managed-by=pulumi")}`), path);
    const [remove = "", look = "", ...more] = cluster.commands.filter((command) => / -f - /.test(command));
    assert.equal(remove, "delete -f - --ignore-not-found --wait=false -o name");
    assert.equal(look, "get -f - --ignore-not-found -o name");
    assert.deepEqual(more, []);
  });

  const stays: readonly (readonly [string, Stored])[] = [
    ["without the program's label", object("Secret", "x", "ns", { annotations })],
    [
      "another stack's",
      object("Secret", "x", "ns", { labels, annotations: { "hardened.pulumi/stack": "hardened/b" } }),
    ],
    ["a controller's", object("Secret", "x", "ns", { labels, annotations, ownerReferences: [{}] })],
    [
      "kept",
      object("Global", "x", undefined, { labels, annotations: { ...annotations, "helm.sh/resource-policy": "keep" } }),
    ],
    ["in a namespace the stack does not hold", object("Secret", "x", "elsewhere")],
  ];
  for (const [what, one] of stays)
    it(`stays when it is ${what}`, async () => {
      const elsewhere = object("Namespace", "elsewhere", undefined, {});
      const { left, events, cluster } = await leftOf([namespace, elsewhere, one], { resources: [entry(namespace)] });
      assert.ok(left.includes(`${one.kind} x`));
      assert.deepEqual(events, []);
      assert.ok(!cluster.commands.some((command) => / -f - /.test(command)), "nothing is asked to go");
    });

  it("nothing is asked for a stack without a state", async () => {
    for (const state of [{}, { resources: [], pending_operations: [] }]) {
      const { left, cluster } = await leftOf([namespace, object("Secret", "left", "ns")], state);
      assert.deepEqual(left, ["Namespace ns", "Secret left"]);
      assert.deepEqual([cluster.asked, cluster.commands], [[], []]);
    }
  });

  it("what was begun in the stack's namespace goes, whatever it says of itself; in another's it stays", async () => {
    const bare = (where: string) => object("Job", "begun", where, {});
    const foreign = object("Namespace", "foreign", undefined, {});
    const state = { ...held, pending_operations: begun(bare("ns"), bare("foreign"), object("Job", "never", "ns", {})) };
    const { left, events } = await leftOf([namespace, foreign, bare("ns"), bare("foreign")], state);
    assert.deepEqual(left, ["Namespace ns", "Namespace foreign", "Job begun"]);
    assert.deepEqual(
      events.map(({ data }) => data),
      [{ kind: "job.batch", name: "begun" }],
    );
  });

  for (const [what, inside, goes] of [
    ["nothing", [], true],
    [
      "what the cluster puts into each",
      [
        object("ConfigMap", "kube-root-ca.crt", "ns", {}),
        object("ServiceAccount", "default", "ns", {}),
        object("Event", "x", "ns", {}),
      ],
      true,
    ],
    ["a person's object", [object("ConfigMap", "mine", "ns", {})], false],
    ["a ServiceAccount of the CA's name", [object("ServiceAccount", "kube-root-ca.crt", "ns", {})], false],
  ] as const)
    it(`a namespace that was begun and holds ${what} ${goes ? "goes" : "stays, to be taken over"}`, async () => {
      const { left } = await leftOf([namespace, ...inside], { pending_operations: begun(namespace) });
      assert.equal(left.includes("Namespace ns"), !goes);
    });

  it("in a namespace that the state does not hold nothing was made: what is there stays", async () => {
    const state = { resources: [entry(object("Secret", "other", "elsewhere"))] };
    const { left } = await leftOf([namespace, object("Secret", "x", "ns")], state);
    assert.deepEqual(left, ["Namespace ns", "Secret x"]);
  });

  for (const [what, state] of [
    ["of the stack's places", { ...held, pending_operations: [{ type: "creating", resource: release }] }],
    [
      "that was begun elsewhere",
      {
        ...held,
        pending_operations: [{ type: "creating", resource: { ...release, inputs: { name: "jobs", namespace: "ns" } } }],
      },
    ],
  ] as const)
    it(`of a release ${what} Helm's records are repaired, and its objects keep running`, async () => {
      const name = state.pending_operations[0]?.resource.inputs?.name ?? "";
      const app = object("Secret", "of-the-chart", "ns", { labels: { "app.kubernetes.io/managed-by": "Helm" } });
      const { left, events, cluster } = await leftOf(
        [namespace, app, helmRecord("ns", name, 1, "pending-install", "pulumi")],
        state,
      );
      assert.deepEqual(left, ["Namespace ns", "Secret of-the-chart"]);
      assert.ok(!cluster.commands.some((command) => / -f - /.test(command)), "a release is no object to delete");
      assert.deepEqual(
        events.map(({ code }) => code),
        ["repair.pending-release"],
      );
    });

  it("what was begun in a namespace of a system that the stack no longer has goes too", async () => {
    const job = object("Job", "begun", "ns", {});
    const { left } = await leftOf([namespace, job], { ...held, pending_operations: begun(job) }, []);
    assert.deepEqual(left, ["Namespace ns"]);
  });

  it("a bare namespace that was begun goes by its owner alone", async () => {
    const bare = object("Namespace", "ns", undefined, { annotations });
    const { left } = await leftOf([bare], { pending_operations: begun(bare) });
    assert.deepEqual(left, []);
  });

  it("a release of the stack is repaired without a pending operation in the state, when a run failed in between", async () => {
    const state = { resources: [entry(namespace), release] };
    const objects = [namespace, helmRecord("ns", "web", 1, "pending-upgrade", "pulumi")];
    const run = {
      kind: "update",
      result: "failed",
      startTime: "2026-01-02T03:04:00Z",
      endTime: "2026-01-02T03:05:00Z",
    };
    const { events, cluster } = await leftOf(objects, state, places, [run]);
    assert.deepEqual(
      events.map(({ code }) => code),
      ["repair.pending-release"],
    );
    assert.equal(cluster.objects[1]?.metadata.labels?.status, "failed");
    assert.ok(!cluster.commands.some((command) => /^delete /.test(command)));
  });

  it("records of a release stay when an object of its name was begun", async () => {
    const job = object("Job", "web", "ns", {});
    const state = { resources: [entry(namespace), release], pending_operations: begun(job) };
    const { left } = await leftOf([namespace, job, helmRecord("ns", "web", 1, "deployed", "pulumi")], state);
    assert.deepEqual(left, ["Namespace ns", "Secret sh.helm.release.v1.web.v1"]);
  });

  it("a release in a namespace of another is left alone", async () => {
    const foreign = object("Namespace", "ns", undefined, { labels, annotations: { "hardened.pulumi/stack": "a/b" } });
    const state = { ...held, pending_operations: [{ type: "creating" as const, resource: release }] };
    const { left, events } = await leftOf([foreign, helmRecord("ns", "web", 1, "pending-install", "pulumi")], state);
    assert.deepEqual([left, events], [["Namespace ns", "Secret sh.helm.release.v1.web.v1"], []]);
  });
});
