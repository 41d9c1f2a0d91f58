import assert from "node:assert/strict";
import { load, loadAll } from "js-yaml";
import { manifestUnion } from "../../cluster/manifest-union";

const deployment = (container: object, more: object = {}): string =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { ...more, template: { spec: { containers: [{ name: "web", ...container }] } } },
  });
const containerOf = (manifest: string): Record<string, unknown> | undefined =>
  (load(manifest) as { spec: { template: { spec: { containers: Record<string, unknown>[] } } } }).spec.template.spec
    .containers[0];

describe("manifest-union: what an upgrade is compared with", () => {
  it("has every object of both, by group, kind, namespace and name, those of the newer one first", () => {
    const object = (apiVersion: string, kind: string, name: string, namespace?: string): string =>
      JSON.stringify({ apiVersion, kind, metadata: { name, namespace } });
    const newer = [object("v1", "Secret", "a"), object("apps/v1", "Deployment", "a")];
    const older = [
      object("v1", "Secret", "a"),
      object("v1", "Secret", "b"),
      object("v1", "Secret", "a", "other"),
      object("v1", "ConfigMap", "a"),
      object("apps/v1beta1", "Deployment", "a"),
      object("example.com/v1", "Deployment", "a"),
    ];
    const union = loadAll(manifestUnion(newer.join("\n---\n"), older.join("\n---\n"))) as {
      apiVersion: string;
      kind: string;
      metadata: { name: string; namespace?: string };
    }[];
    assert.deepEqual(
      union.map((one) => [one.apiVersion, one.kind, one.metadata.namespace ?? "", one.metadata.name].join(" ")),
      [
        "v1 Secret  a",
        "apps/v1 Deployment  a",
        "v1 Secret  b",
        "v1 Secret other a",
        "v1 ConfigMap  a",
        "example.com/v1 Deployment  a",
      ],
    );
  });

  it("has every field of both, with the newer one's values", () => {
    const newer = deployment({ image: "web:2", args: ["new"] }, { replicas: 2 });
    const older = deployment({ image: "web:1", args: ["old"], command: ["old"] }, { paused: true });
    const union = load(manifestUnion(newer, older)) as { spec: object };
    assert.deepEqual({ ...union.spec, template: undefined }, { replicas: 2, paused: true, template: undefined });
    assert.deepEqual(containerOf(manifestUnion(newer, older)), {
      name: "web",
      image: "web:2",
      args: ["new"],
      command: ["old"],
    });
  });

  for (const [field, newer, older, union] of [
    [
      "env",
      [{ name: "A", value: "2" }],
      [{ name: "B" }, { name: "A", value: "1" }],
      [{ name: "A", value: "2" }, { name: "B" }],
    ],
    ["ports", [{ containerPort: 80 }], [{ containerPort: 81 }], [{ containerPort: 80 }, { containerPort: 81 }]],
    [
      "volumeMounts",
      [{ mountPath: "/a", name: "n" }],
      [{ mountPath: "/b", name: "n" }],
      [
        { mountPath: "/a", name: "n" },
        { mountPath: "/b", name: "n" },
      ],
    ],
    ["envFrom", [{ prefix: "A" }], [{ prefix: "B" }], [{ prefix: "A" }]],
    ["finalizers", ["a", "b"], ["c", "b"], ["a", "b", "c"]],
    ["command", ["a"], ["b"], ["a"]],
  ] as const)
    it(`merges ${field} as the API server does`, () =>
      assert.deepEqual(
        containerOf(manifestUnion(deployment({ [field]: newer }), deployment({ [field]: older })))?.[field],
        union,
      ));

  it("is the newer text where the older one has nothing of its own, so that it is made once", () => {
    const newer = `# Source: web/templates/web.yaml\n${deployment({ image: "web:2" })}`;
    assert.equal(manifestUnion(newer, deployment({ image: "web:1" })), newer);
    const once = manifestUnion(newer, deployment({ args: ["x"] }));
    assert.equal(manifestUnion(once, deployment({ args: ["y"] })), once);
  });

  it("takes the objects of a list one by one, and what has no name by its content, so that it is made once", () => {
    const object = (name?: string, data?: object): object => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name },
      data,
    });
    const list = (...items: object[]): string => JSON.stringify({ apiVersion: "v1", kind: "List", items });
    const union = manifestUnion(
      list(object("a", { x: 1 }), object()),
      list(object("a", { y: 2 }), object(), object("b")),
    );
    assert.deepEqual(
      loadAll(union).map((one) => {
        const { metadata, data } = one as { metadata: { name?: string }; data?: object };
        return [metadata.name, data];
      }),
      [
        ["a", { x: 1, y: 2 }],
        [undefined, undefined],
        ["b", undefined],
      ],
    );
    assert.equal(manifestUnion(union, list(object("a", { y: 2 }), object(), object("b"))), union);
  });

  it("leaves the number of pods to an autoscaler, and takes a key without a value for none", () => {
    const newer = deployment({ env: null });
    const union = load(manifestUnion(newer, deployment({ env: [{ name: "A" }] }, { replicas: 3 }))) as { spec: object };
    assert.ok(!("replicas" in union.spec));
    assert.deepEqual(containerOf(manifestUnion(newer, deployment({ env: [{ name: "A" }] }, { replicas: 3 })))?.env, [
      { name: "A" },
    ]);
  });

  it("puts one after the other where only Helm's reader takes the text, once", () => {
    const strange = "a: [";
    const both = manifestUnion(strange, "kind: A");
    assert.equal(both, "a: [\n---\nkind: A");
    assert.equal(manifestUnion(both, "kind: A"), both);
  });

  it("reads a key that stands twice, as Helm does", () => {
    const twice = "kind: A\nkind: B\nmetadata: {name: a}\nx: 1";
    assert.deepEqual(load(manifestUnion(twice, "kind: B\nmetadata: {name: a}\ny: 2")), {
      kind: "B",
      metadata: { name: "a" },
      x: 1,
      y: 2,
    });
  });
});
