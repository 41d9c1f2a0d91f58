import assert from "node:assert/strict";
import { ClusterUnavailable } from "../../cluster/cluster";
import { migrateStorage } from "../../cluster/storage-version";
import { type Asked, MemoryCluster, type Stored } from "../support/doubles/memory-cluster";

const name = "things.a.example";

describe("storage-version: objects of an older version are written into the one that is stored now", () => {
  const cluster = (count: number, stored: readonly string[] = ["v1alpha1", "v1"], namespaced = true) => {
    const one = new MemoryCluster([
      { apiVersion: "a.example/v1", kind: "Thing", resource: "things", namespaced },
      {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        resource: "customresourcedefinitions",
        namespaced: false,
      },
    ]);
    const definition: Stored = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name },
      spec: {
        group: "a.example",
        names: { plural: "things" },
        versions: [
          { name: "v1alpha1", served: true, storage: false },
          { name: "v1", served: true, storage: true },
        ],
      },
      status: { storedVersions: stored },
    };
    const things = Array.from({ length: count }, (_, at) => ({
      apiVersion: "a.example/v1",
      kind: "Thing",
      metadata: { name: `t-${at}`, ...(namespaced && { namespace: `ns-${at % 3}` }) },
      spec: { at },
    }));
    one.objects = [definition, ...things];
    return one;
  };
  const storedIn = ({ objects }: MemoryCluster): unknown =>
    (objects.find(({ metadata }) => metadata.name === name) as Stored & { status: { storedVersions: unknown } }).status
      .storedVersions;
  const ofMethod = (one: MemoryCluster, method: string): Asked[] =>
    one.asked.filter((asked) => asked.method === method);
  const conflict = { status: 409, body: { message: "changed meanwhile" } };

  it("every one of several pages, as it is, and then the kind says so", async () => {
    const one = cluster(450);
    const before = structuredClone(one.objects);
    assert.equal(await migrateStorage(one, name), 450);
    assert.deepEqual(
      ofMethod(one, "GET").map(({ path }) => path),
      ["", "&continue=200", "&continue=400"].map((next) => `/apis/a.example/v1/things?limit=200${next}`),
    );
    const written = ofMethod(one, "PUT");
    assert.equal(written.length, 450);
    assert.equal(new Set(written.map(({ path }) => path)).size, 450);
    for (const { path, body } of written) {
      const { metadata } = body as Stored;
      assert.equal(path, `/apis/a.example/v1/namespaces/${metadata.namespace}/things/${metadata.name}`);
    }
    assert.deepEqual(one.objects.slice(1), before.slice(1), "nothing of them was changed");
    assert.deepEqual(storedIn(one), ["v1"]);
    assert.match(
      one.commands.at(-1) ?? "",
      /^patch customresourcedefinitions\S* things\.a\.example --subresource=status --type=merge -p /,
    );
    assert.equal(one.open, 0, "the way into the cluster is closed");
  });

  it("outside of namespaces too", async () => {
    const one = cluster(1, undefined, false);
    assert.equal(await migrateStorage(one, name), 1);
    assert.deepEqual(
      ofMethod(one, "PUT").map(({ path }) => path),
      ["/apis/a.example/v1/things/t-0"],
    );
  });

  for (const [what, stored, wanted] of [
    ["all are in it already", ["v1"], name],
    ["none was ever stored", [], name],
    ["there is no such kind", ["v1alpha1"], "others.a.example"],
  ] as const)
    it(`nothing is done when ${what}`, async () => {
      const one = cluster(3, stored);
      assert.equal(await migrateStorage(one, wanted), 0);
      assert.deepEqual([one.asked, one.commands.filter((command) => command.startsWith("patch"))], [[], []]);
    });

  it("nothing is done of a kind that stores no version or says nothing of what was stored", async () => {
    const one = cluster(3);
    const [definition, ...rest] = one.objects as [Stored, ...Stored[]];
    one.objects = [{ ...definition, status: undefined }, ...rest];
    assert.equal(await migrateStorage(one, name), 0);
    const { group, names } = definition.spec as { group: string; names: object };
    one.objects = [{ ...definition, spec: { group, names, versions: [{ name: "v1", storage: false }] } }, ...rest];
    assert.equal(await migrateStorage(one, name), 0);
    assert.deepEqual(one.asked, []);
  });

  it("what is deleted meanwhile is gone, and what others change meanwhile is read and written again", async () => {
    const one = cluster(3);
    const read = (at: number) => ({ ...one.objects[2], spec: { at } });
    let refusals = 0;
    one.answer = ({ method, path }) => {
      if (path.endsWith("/t-0") && method === "PUT") return { status: 404, body: {} };
      if (path.endsWith("/t-1") && method === "PUT" && ++refusals < 5) return conflict;
      if (path.endsWith("/t-1") && method === "GET") return { status: 200, body: read(refusals) };
      if (path.endsWith("/t-2") && method === "PUT") return conflict;
      return path.endsWith("/t-2") ? { status: 404, body: {} } : undefined;
    };
    assert.equal(await migrateStorage(one, name), 3);
    const bodies = ofMethod(one, "PUT").flatMap(({ path, body }) => (path.endsWith("/t-1") ? [body] : []));
    assert.deepEqual(bodies.slice(1), [1, 2, 3, 4].map(read), "each time as it is then");
    assert.equal(ofMethod(one, "PUT").filter(({ path }) => path.endsWith("/t-2")).length, 1);
    assert.deepEqual(storedIn(one), ["v1"]);
  });

  it("a list that grew too old is begun again", async () => {
    const one = cluster(201);
    let tooOld = true;
    one.answer = ({ path }) => {
      if (!path.includes("continue=") || !tooOld) return undefined;
      tooOld = false;
      return { status: 410, body: { message: "The provided continue parameter is too old" } };
    };
    assert.equal(await migrateStorage(one, name), 401, "those of the first page twice");
    assert.deepEqual(storedIn(one), ["v1"]);
  });

  for (const [what, answer, says] of [
    [
      "the list is refused",
      ({ method }: Asked) => (method === "GET" ? { status: 403, body: { message: "not you" } } : undefined),
      /^things\.a\.example could not be listed \(status 403\): not you$/,
    ],
    [
      "the first list is said to be too old",
      ({ method }: Asked) => (method === "GET" ? { status: 410, body: {} } : undefined),
      /^things\.a\.example could not be listed \(status 410\): $/,
    ],
    [
      "an object is refused",
      ({ method, path }: Asked) =>
        method === "PUT" && path.endsWith("/t-1")
          ? { status: 422, body: { message: "spec.at: too small" } }
          : undefined,
      /^\/apis\/a\.example\/v1\/namespaces\/ns-1\/things\/t-1 could not be written \(status 422\): spec\.at: too small$/,
    ],
    [
      "an object is changed by others all the time",
      ({ method }: Asked) => (method === "PUT" ? conflict : undefined),
      /could not be written \(status 409\): changed meanwhile$/,
    ],
  ] as const)
    it(`when ${what} the kind goes on to say that older ones are stored`, async () => {
      const one = cluster(3);
      one.answer = answer;
      await assert.rejects(migrateStorage(one, name), (error: Error) => {
        assert.ok(error instanceof ClusterUnavailable);
        assert.match(error.message, says);
        return true;
      });
      assert.deepEqual(storedIn(one), ["v1alpha1", "v1"]);
      assert.equal(one.open, 0, "the way into the cluster is closed");
    });

  it("what is refused for itself is not tried again", async () => {
    const one = cluster(1);
    one.answer = ({ method }) => (method === "PUT" ? { status: 422, body: {} } : undefined);
    await assert.rejects(migrateStorage(one, name));
    assert.equal(ofMethod(one, "PUT").length, 1);
  });

  it("an object that others change is tried five times", async () => {
    const one = cluster(1);
    one.answer = ({ method }) => (method === "PUT" ? conflict : undefined);
    await assert.rejects(migrateStorage(one, name));
    assert.equal(ofMethod(one, "PUT").length, 5);
  });
});
