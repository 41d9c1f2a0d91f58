import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { explainConfig } from "../../../policy/config/explain-config";

const schema = z
  .strictObject({
    port: z.number("expected a number").min(1, "expected 1 or more"),
    labels: z.record(z.string(), z.strictObject({ color: z.string("expected a colour") })).optional(),
    items: z
      .array(
        z.union(
          [z.string(), z.strictObject({ name: z.string("expected a name"), size: z.number().optional() })],
          "expected a name, or an object with a name",
        ),
      )
      .default([]),
    inner: z.strictObject({ depth: z.number("expected a number").optional() }).prefault({}),
    from: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("file"), path: z.string("expected a path") }),
        z.strictObject({ kind: z.literal("url"), address: z.string("expected an address") }),
      ])
      .optional(),
  })
  .refine(({ port }) => port !== 13, { path: ["port"], message: "expected any port but 13" });

function explain(value: unknown): string[] {
  const { error } = schema.safeParse(value);
  assert.ok(error, "the value is valid");
  return explainConfig(error, schema, "app:web");
}

describe("explain-config", () => {
  it("names path and expectation", () => assert.deepEqual(explain({ port: "x" }), ["app:web.port: expected a number"]));

  it("names the whole when the whole is wrong", () => {
    const [line, ...more] = explain("text");
    assert.deepEqual(more, []);
    assert.match(line as string, /^app:web: expected object/);
  });

  it("lists every mistake", () =>
    assert.deepEqual(explain({ port: 0, inner: { depth: "deep" }, labels: { a: { color: 1 } } }), [
      "app:web.port: expected 1 or more",
      "app:web.labels.a.color: expected a colour",
      "app:web.inner.depth: expected a number",
    ]));

  it("suggests the nearest key, at every depth and inside lists and maps", () => {
    assert.deepEqual(explain({ port: 1, prot: 2 }), ['app:web.prot: unknown key; did you mean "port"?']);
    assert.deepEqual(explain({ port: 1, inner: { dept: 2 } }), [
      'app:web.inner.dept: unknown key; did you mean "depth"?',
    ]);
    assert.deepEqual(explain({ port: 1, labels: { a: { color: "red", colour: "red" } } }), [
      'app:web.labels.a.colour: unknown key; did you mean "color"?',
    ]);
    assert.deepEqual(explain({ port: 1, items: ["a", { name: "b", sise: 1 }] }), [
      'app:web.items[1].sise: unknown key; did you mean "size"?',
    ]);
  });

  it("lists the known keys when none is near", () =>
    assert.deepEqual(explain({ port: 1, xyzzy: 1 }), [
      "app:web.xyzzy: unknown key; known keys: port, labels, items, inner, from",
    ]));

  it("explains the form of a union that came nearest, else what all forms are", () => {
    assert.deepEqual(explain({ port: 1, items: [{ size: 1 }] }), ["app:web.items[0].name: expected a name"]);
    assert.deepEqual(explain({ port: 1, items: [7] }), ["app:web.items[0]: expected a name, or an object with a name"]);
    assert.deepEqual(explain({ port: 1, from: { kind: "file" } }), ["app:web.from.path: expected a path"]);
    assert.deepEqual(explain({ port: 1, from: { kind: "url", address: "x", adress: "y" } }), [
      'app:web.from.adress: unknown key; did you mean "address"?',
    ]);
  });

  it("tells of a mistake between two keys", () =>
    assert.deepEqual(explain({ port: 13 }), ["app:web.port: expected any port but 13"]));

  it("[MR-52] never quotes a value", () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{12,20}$/), (secret) => {
        const value = {
          port: secret,
          labels: { a: { color: [secret] } },
          items: [[secret]],
          inner: secret,
          from: { kind: secret },
        };
        assert.ok(!explain(value).join("\n").includes(secret));
      }),
    ));
});
