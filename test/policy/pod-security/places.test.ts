import { strict as assert } from "node:assert";
import type { FieldPath } from "../../../policy/pod-security/contract/check";
import { evaluatePod, type PodFinding } from "../../../policy/pod-security/evaluate-pod";
import { podSecurityChecks } from "../../../policy/pod-security/registry";
import { podSchema, type Schema } from "../../../policy/pods/pod-schema";
import { PodGenerator } from "../parity/pod-generator";
import { Random } from "../parity/random";

type Tree = { [key: string]: unknown };

/** Steps of a place's path, from the pod: `containers[0].name` is below its spec, `metadata.annotations["a.b"]` is not. */
function steps({ field }: FieldPath): string[] {
  const path = field.startsWith("metadata.") ? field : `spec.${field}`;
  const [, before = path, key] = /^(.*?)\[(".*")\]$/s.exec(path) ?? [];
  return [...before.split(/[.[\]]+/).filter((step) => step !== ""), ...(key ? [JSON.parse(key) as string] : [])];
}

const at = (pod: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, step) => (value as Tree | null | undefined)?.[step], pod);

function schemaAt(path: readonly string[]): Schema {
  return path.reduce<Schema>((schema, step) => {
    const inner = schema.kind === "object" ? schema.fields.get(step) : "of" in schema ? schema.of : undefined;
    assert.ok(inner, path.join(" "));
    return inner;
  }, podSchema);
}

/** Puts the value no check objects to at a place. */
function fix(pod: unknown, place: FieldPath): void {
  const path = steps(place);
  const last = path.pop() as string;
  const parent = path.reduce<Tree>((value, step) => {
    value[step] ??= {};
    return value[step] as Tree;
  }, pod as Tree);
  parent[last] = structuredClone(schemaAt([...path, last]).best);
}

/** What is done when every place but those named stays as it is. */
function mended(pod: unknown, places: readonly FieldPath[]): unknown {
  const copy = structuredClone(pod);
  for (const place of places) fix(copy, place);
  return copy;
}

const restricted = ["restricted", "latest"] as const;
const policies = [restricted, ["baseline", "latest"], ["restricted", "v1.18"], ["baseline", "v1.30"]] as const;

describe("the places of a Pod Security finding", function () {
  this.timeout(60_000);

  it("[MR-54] are exactly what is wrong: shown as they stand, with their container, each bad by itself, good when all are mended", () => {
    const generator = new PodGenerator(new Random(54), 0, 0);
    const seen = new Map<string, number>();
    for (let i = 0; i < 700; i++) {
      const pod = generator.pod();
      for (const [level, version] of policies) {
        const find = (given: unknown, check: string): PodFinding | undefined =>
          evaluatePod(given, level, version).findings.find((one) => one.check === check);
        for (const finding of evaluatePod(pod, level, version).findings) {
          const { check, places, containers, field, got } = finding;
          const words = `${level}:${version} ${check} ${JSON.stringify({ places, pod })}`;
          seen.set(check, (seen.get(check) ?? 0) + 1);
          assert.deepEqual([field, got], [places[0]?.field, places[0]?.got], words);
          assert.deepEqual([...new Set(places.flatMap(({ container }) => container ?? []))], containers, words);
          assert.equal(new Set(places.map((place) => place.field)).size, places.length, words);
          for (const place of places) {
            shows(pod, place, words);
            const others = places.filter((other) => other !== place);
            assert.ok(find(mended(pod, others), check), `not bad by itself: ${place.field} ${words}`);
          }
          let copy = pod as unknown;
          // A volume may have several sources, of which a finding names the first.
          for (let again = 0; again < 3; again++) copy = mended(copy, find(copy, check)?.places ?? []);
          assert.equal(find(copy, check), undefined, words);
        }
      }
    }
    for (const { id } of podSecurityChecks) assert.ok((seen.get(id) ?? 0) > 5, `${id}: ${seen.get(id)}`);
  });
});

function shows(pod: unknown, place: FieldPath, words: string): void {
  const path = steps(place);
  const value = at(pod, path);
  const isSource = path.at(-3) === "volumes";
  const shown = value === undefined ? "unset" : JSON.stringify(value);
  assert.equal(
    place.got,
    !isSource ? shown : path.at(-1) === "hostPath" && place.got === "set" ? "set" : path.at(-1),
    words,
  );
  const [, room = "", index = ""] = path;
  const container = room.toLowerCase().endsWith("containers") ? at(pod, ["spec", room, index, "name"]) : undefined;
  if (place.field.startsWith("metadata.")) return;
  assert.equal(place.container, room.toLowerCase().endsWith("containers") ? (container ?? "") : undefined, words);
}
