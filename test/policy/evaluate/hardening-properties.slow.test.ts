import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { loadAll } from "js-yaml";
import type { JsonObject, Manifest } from "../../../policy/contract";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { child } from "../../../policy/manifest/field-path";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { messageOf } from "../../../policy/message";
import type { RuleContext } from "../../../policy/rules/rule";
import { policySettings } from "../../../policy/settings/settings-schema";

/** Objects that between them break every rule about objects. */
const broken: readonly Manifest[] = loadAll(
  readFileSync(join(__dirname, "../../../operations/validation/explain-example.yaml"), "utf8"),
).map((object) => ({ object: object as JsonObject }));
const context: RuleContext = {
  profile: "prod",
  namespace: "shop",
  podSecurity: { level: "restricted", version: "latest" },
  kubeVersion: "1.36",
  now: new Date("2027-01-31"),
  settings: policySettings.parse({ images: [{ allow: ["registry.example/shop/*"] }], scans: { folder: "scans" } }),
};

/** Every place below a value, itself left out: its keys and its path in words. */
function* placesOf(
  value: unknown,
  keys: (string | number)[] = [],
  path = "",
): Generator<[(string | number)[], string]> {
  if (typeof value !== "object" || value === null) return;
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, item] of inner as [string | number, unknown][]) {
    const at = [...keys, key];
    yield [at, child(path, key)];
    yield* placesOf(item, at, child(path, key));
  }
}

function withValue(
  objects: readonly Manifest[],
  index: number,
  keys: readonly (string | number)[],
  value: unknown,
): Manifest[] {
  return objects.map((manifest, at) => {
    if (at !== index) return manifest;
    const object = structuredClone(manifest.object);
    const owner = keys
      .slice(0, -1)
      .reduce<unknown>((tree, key) => (tree as Record<string | number, unknown>)[key], object);
    (owner as Record<string | number, unknown>)[keys.at(-1) as string | number] = value;
    return { ...manifest, object };
  });
}

/** What makes an object this object and not another one. */
const identity = /^(?:apiVersion|kind|metadata(?:\.name|\.namespace)?)$/;
const rulesAt = (objects: readonly Manifest[]): Set<string> =>
  new Set(evaluate(objects, context).findings.map(({ rule, object }) => `${rule} at ${object.kind} ${object.name}`));

/** Of what is unknown in a custom kind, pod-in-custom-kind speaks for both: it may hold a pod or any other object. */
const inOtherWords = (one: string): string => one.replace(/^object-in-custom-kind /, "pod-in-custom-kind ");

describe("hardening rules, whatever comes in", function () {
  this.timeout(120_000);

  it("an unknown passes nothing that a value in its place would fail", () => {
    // A value of a wrong type is pod-fields' business; of an unknown one the checks say that they cannot evaluate it.
    const before = [...rulesAt(broken)].filter((one) => !one.startsWith("pod-fields "));
    const places = broken.flatMap(({ object }, index) =>
      [...placesOf(object)].filter(([, path]) => !identity.test(path)).map(([keys, path]) => ({ index, keys, path })),
    );
    assert.ok(places.length > 200, String(places.length));
    const lost = places.flatMap(({ index, keys, path }) => {
      const after = rulesAt(withValue(broken, index, keys, UNKNOWN));
      return before
        .filter((one) => !after.has(one) && !after.has(inOtherWords(one)))
        .map((one) => `${broken[index]?.object.kind} ${path}: ${one}`);
    });
    assert.deepEqual(lost, []);
  });

  it("anything in any place gives a verdict, the same each time, with words for every finding", () => {
    const places = broken.flatMap(({ object }, index) => [...placesOf(object)].map(([keys]) => ({ index, keys })));
    const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant(UNKNOWN));
    fc.assert(
      fc.property(fc.constantFrom(...places), anything, ({ index, keys }, value) => {
        const objects = withValue(broken, index, keys, value);
        const verdict = evaluate(objects, context);
        assert.deepEqual(evaluate(objects, context), verdict);
        for (const finding of verdict.findings) assert.match(messageOf(finding), /(?:must be|cannot be evaluated)/);
      }),
      { numRuns: 500 },
    );
  });
});
