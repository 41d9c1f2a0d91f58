import assert from "node:assert/strict";
import { ClusterUnavailable } from "../../cluster/cluster";
import { keyOf, type Reference, withMetadata } from "../../cluster/object-metadata";
import {
  type Answer,
  type Asked,
  MemoryCluster,
  type Served,
  type Stored,
  usualKinds,
} from "../support/doubles/memory-cluster";

const reference = (kind: string, name: string, namespace?: string, apiVersion = "v1"): Stored => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

describe("object-metadata: what the cluster says of objects of any kind", () => {
  const cluster = (objects: readonly Stored[], kinds: readonly Served[] = usualKinds): MemoryCluster => {
    const one = new MemoryCluster(kinds);
    one.objects = [...objects];
    return one;
  };
  const find = (one: MemoryCluster, wanted: readonly Reference[]) => withMetadata(one, (reader) => reader.find(wanted));
  const list = (one: MemoryCluster, selector: string, namespace?: string) =>
    withMetadata(one, (reader) => reader.list(selector, namespace));
  const answering = (one: MemoryCluster, end: string, answer: Answer): MemoryCluster => {
    one.answer = ({ path }) => (path.split("?")[0]?.endsWith(end) ? answer : undefined);
    return one;
  };

  it("the same object has one key in every version of its API, and another in another group, kind, namespace or name", () => {
    const job = reference("Job", "a", "ns", "batch/v1");
    assert.equal(keyOf(job), keyOf({ ...job, apiVersion: "batch/v1beta1" }));
    const others = [
      { ...job, apiVersion: "v1" },
      { ...job, apiVersion: "a.example/v1" },
      { ...job, kind: "CronJob" },
      reference("Job", "b", "ns", "batch/v1"),
      reference("Job", "a", "other", "batch/v1"),
      reference("Job", "a", undefined, "batch/v1"),
    ];
    assert.equal(new Set([job, ...others].map(keyOf)).size, 7);
    assert.equal(keyOf(reference("Secret", "a", "ns")), keyOf(reference("Secret", "a", "ns", "v2")));
  });

  it("finds those that are there, by metadata alone, in the version they are asked for in", async () => {
    const there = [
      reference("Secret", "a", "ns"),
      reference("Job", "a", "ns", "batch/v1"),
      reference("Namespace", "ns"),
    ];
    const one = cluster(there);
    const asked = [
      ...[reference("Secret", "a", "ns"), reference("Secret", "a", "other"), reference("Secret", "b", "ns")],
      ...[reference("Job", "a", "ns", "batch/v1beta1"), reference("Job", "a", "ns", "other.example/v1")],
      ...[reference("Namespace", "ns"), { ...reference("Namespace", "ns"), metadata: { name: "ns", namespace: "ns" } }],
      reference("Thing", "a", "ns", "a.example/v1"),
    ];
    const found = await find(one, asked);
    assert.deepEqual(
      found.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name]),
      [
        ["v1", "Secret", "a"],
        ["batch/v1beta1", "Job", "a"],
        ["v1", "Namespace", "ns"],
        ["v1", "Namespace", "ns"],
      ],
    );
    const paths = one.asked.filter(({ accept }) => /as=PartialObjectMetadata;g=meta\.k8s\.io;v=v1$/.test(accept));
    assert.deepEqual(paths.map(({ path }) => path).sort(), [
      "/api/v1/namespaces/ns",
      "/api/v1/namespaces/ns",
      "/api/v1/namespaces/ns/secrets/a",
      "/api/v1/namespaces/ns/secrets/b",
      "/api/v1/namespaces/other/secrets/a",
      "/apis/batch/v1/namespaces/ns/jobs/a",
    ]);
    assert.equal(one.open, 0, "the way into the cluster is closed");
  });

  it("what is neither there nor missing is a failure, in the API server's words", async () => {
    for (const [answer, says] of [
      [{ status: 403, body: { message: "not you" } }, /^not you$/],
      [{ status: 500, body: {} }, /^status 500$/],
    ] as const) {
      const one = answering(cluster([reference("Secret", "a", "ns")]), "/secrets/a", answer);
      await assert.rejects(find(one, [reference("Secret", "a", "ns")]), (error: Error) => {
        assert.ok(error instanceof ClusterUnavailable);
        assert.match(error.message, says);
        return true;
      });
      assert.equal(one.open, 0, "the way into the cluster is closed");
    }
  });

  it("lists every kind that can be made, deleted and listed, in a namespace or outside of all", async () => {
    const read = (verbs: readonly string[], resource: string, namespaced: boolean): Served => ({
      ...{ apiVersion: "a.example/v1", kind: resource, resource, namespaced, verbs },
    });
    const whole = ["create", "delete", "get", "list"];
    const kinds = [
      ...[...usualKinds, read(whole, "things", true), read(whole, "globals", false)],
      ...whole
        .filter((verb) => verb !== "get")
        .map((verb) =>
          read(
            whole.filter((one) => one !== verb),
            `no${verb}s`,
            true,
          ),
        ),
    ];
    const one = cluster([reference("Secret", "a", "ns"), reference("Secret", "b", "other")], kinds);
    assert.deepEqual(await list(one, "", "ns"), [reference("Secret", "a", "ns")]);
    const asked = (accept: RegExp) => one.asked.filter((each) => accept.test(each.accept)).map(({ path }) => path);
    assert.deepEqual(asked(/as=PartialObjectMetadataList;g=meta\.k8s\.io;v=v1$/).sort(), [
      ...["configmaps", "events", "secrets", "serviceaccounts"].map((each) => `/api/v1/namespaces/ns/${each}`),
      ...["/apis/a.example/v1/namespaces/ns/things", "/apis/batch/v1/namespaces/ns/jobs"],
    ]);
    assert.deepEqual(asked(/APIGroupDiscoveryList/), ["/api", "/apis"]);
    one.asked.length = 0;
    assert.deepEqual(await list(one, "a=b,c"), []);
    assert.deepEqual(asked(/MetadataList/), [
      "/api/v1/namespaces?labelSelector=a%3Db%2Cc",
      "/apis/a.example/v1/globals?labelSelector=a%3Db%2Cc",
    ]);
  });

  it("asks for each kind in the version its group prefers", async () => {
    const versions = ["v1", "v1beta1"].map((version) => ({
      ...{ apiVersion: `a.example/${version}`, kind: "Thing", resource: "things", namespaced: true },
    }));
    const one = cluster([], versions);
    await list(one, "", "ns");
    assert.deepEqual(one.asked.map(({ path }) => path).slice(2), ["/apis/a.example/v1/namespaces/ns/things"]);
  });

  it("of a kind that may not be listed nothing is found, and the others are", async () => {
    const one = answering(cluster([reference("ConfigMap", "a", "ns"), reference("Secret", "a", "ns")]), "/secrets", {
      status: 403,
      body: { message: "not you" },
    });
    assert.deepEqual(await list(one, "", "ns"), [reference("ConfigMap", "a", "ns")]);
  });

  for (const [what, answer] of [
    ["answers otherwise", { status: 404, body: {} }],
    ["answers in another form", { status: 200, body: { kind: "APIVersions" } }],
  ] as const)
    it(`an API server that ${what} is too old`, async () => {
      const one = cluster([]);
      one.answer = ({ path }: Asked) => (path === "/apis" ? answer : undefined);
      await assert.rejects(list(one, ""), (error: Error) => {
        assert.ok(error instanceof ClusterUnavailable);
        const words = `its API server does not list what it serves (status ${answer.status}); it must be 1.27 or newer`;
        assert.equal(error.message, words);
        return true;
      });
      assert.equal(one.open, 0, "the way into the cluster is closed");
    });

  it("both forms of discovery are asked for, the newer one first", async () => {
    const one = cluster([]);
    await find(one, []);
    const media = (version: string) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    assert.deepEqual([...new Set(one.asked.map(({ accept }) => accept))], [`${media("v2")},${media("v2beta1")}`]);
  });
});
