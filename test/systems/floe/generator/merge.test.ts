import assert from "node:assert/strict";
import fc from "fast-check";
import { differences, merge, mergeAll, overridesOf } from "../../../../systems/floe/generator/merge";
import { frozen, type Values } from "../../../../systems/floe/generator/tree";

/** Few names, so that trees meet; `__proto__` and `constructor` among them, which must be keys like any other. */
const key = fc.constantFrom("a", "b", "c", "constructor", "__proto__");
const single = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom("x", "y", true, false));
const { whole, layer } = fc.letrec<{ whole: Values; layer: Values; value: unknown; said: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, single, fc.array(single, { maxLength: 2 }), tie("whole")),
  said: fc.oneof({ depthSize: "small" }, single, fc.constant(null), fc.array(single, { maxLength: 2 }), tie("layer")),
  whole: mapOf(tie("value")),
  layer: mapOf(tie("said")),
}));

/** A plain map; fast-check's own would set a prototype. */
function mapOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<Values> {
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries));
}
const layers = fc.array(layer, { maxLength: 4 });

/** Whether null is anywhere as a map's value. */
const holdsNull = (value: unknown): boolean =>
  value === null ||
  (typeof value === "object" && !Array.isArray(value) && Object.values(value as object).some(holdsNull));

describe("floe: merge", () => {
  const table: readonly (readonly [what: string, base: Values, over: Values, merged: Values])[] = [
    ["maps key by key", { a: { b: 1, c: 2 } }, { a: { c: 3, d: 4 } }, { a: { b: 1, c: 3, d: 4 } }],
    ["the later wins", { a: 1 }, { a: 2 }, { a: 2 }],
    ["lists replace", { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ["an empty list replaces", { a: [1] }, { a: [] }, { a: [] }],
    ["maps in lists do not merge", { a: [{ b: 1 }] }, { a: [{ c: 2 }] }, { a: [{ c: 2 }] }],
    ["null removes", { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ["null removes a map", { a: { b: 1 } }, { a: null }, {}],
    ["null removes inside a map", { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
    ["null where there is nothing is nothing", {}, { a: null, b: { c: null } }, { b: {} }],
    ["null in a list stays", {}, { a: [null] }, { a: [null] }],
    ["an empty map over a map changes nothing", { a: { b: 1 } }, { a: {} }, { a: { b: 1 } }],
    ["a map replaces a single value", { a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
    ["a single value replaces a map", { a: { b: 1 } }, { a: 1 }, { a: 1 }],
    ["a list replaces a map", { a: { b: 1 } }, { a: [1] }, { a: [1] }],
    [
      "false and 0 and an empty text are values",
      { a: 1, b: 1, c: 1 },
      { a: false, b: 0, c: "" },
      { a: false, b: 0, c: "" },
    ],
  ];
  for (const [what, base, over, merged] of table)
    it(`[FL-68] ${what}`, () => assert.deepEqual(merge(frozen(base), frozen(over)), merged));

  it("[FL-68] changes no input, and nothing under a key reaches a prototype", () =>
    fc.assert(
      fc.property(whole, layer, (base, over) => {
        const before = structuredClone([base, over]);
        merge(frozen(base), frozen(over));
        assert.deepEqual([base, over], before);
        assert.deepEqual(Object.keys(Object.prototype), []);
      }),
    ));

  it("[FL-68] a tree over itself is itself, and nothing over a tree is the tree", () =>
    fc.assert(
      fc.property(whole, (base) => {
        assert.deepEqual(merge(base, base), base);
        assert.deepEqual(merge(base, {}), base);
        assert.deepEqual(merge({}, base), base);
      }),
    ));

  it("[FL-68] every key of the later layer has its value, whatever was there", () =>
    fc.assert(
      fc.property(whole, layer, (base, over) => {
        const merged = merge(base, over);
        for (const [name, value] of Object.entries(over)) {
          if (value === null) assert.ok(!Object.hasOwn(merged, name));
          else if (typeof value !== "object" || Array.isArray(value)) assert.deepEqual(merged[name], value);
        }
        for (const name of Object.keys(base))
          if (!Object.hasOwn(over, name)) assert.deepEqual(merged[name], base[name]);
        assert.ok(!holdsNull(merged));
      }),
    ));

  it("[FL-47] [FL-67] [FL-68] [FL-74] the generated overrides give over the chart's defaults what all layers come to", () =>
    fc.assert(
      fc.property(whole, layers, (defaults, all) => {
        const overrides = overridesOf(frozen(defaults), frozen(all));
        assert.deepEqual(merge(defaults, overrides), mergeAll([defaults, ...all]));
      }),
      { numRuns: 1000 },
    ));

  it("[FL-68] what a layer said is in the overrides though the default is the same; what none said is not", () => {
    const defaults = { a: 1, b: { c: 1, d: 2 }, e: { f: 1 } };
    assert.deepEqual(overridesOf(defaults, [{ a: 1 }, { b: { c: 1 } }]), { a: 1, b: { c: 1 } });
    assert.deepEqual(overridesOf(defaults, []), {});
    assert.deepEqual(overridesOf(defaults, [{ b: null }]), { b: null });
    assert.deepEqual(overridesOf(defaults, [{ b: null }, { b: { d: 3 } }]), { b: { c: null, d: 3 } });
    assert.deepEqual(overridesOf(defaults, [{ x: null }]), {});
  });

  it("[FL-68] differences are the keys two trees set to different values", () => {
    assert.deepEqual(differences({ a: { b: 1, c: [1] }, d: 1 }, { a: { b: 2, c: [1] }, e: 1 }), [["a", "b"]]);
    assert.deepEqual(differences({ a: { b: 1 } }, { a: 1 }), [["a"]]);
    fc.assert(
      fc.property(layer, layer, (one, other) => {
        assert.deepEqual(differences(one, one), []);
        const sorted = (paths: readonly (readonly string[])[]) => paths.map((path) => path.join(".")).sort();
        assert.deepEqual(sorted(differences(one, other)), sorted(differences(other, one)));
      }),
    );
  });
});
