import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PodVerdict } from "../../../policy/pod-security/evaluate-pod";
import { podSecurityChecks } from "../../../policy/pod-security/registry";
import { podSchema, type Schema } from "../../../policy/pods/pod-schema";
import { startOracle } from "../../oracle/oracle";
import { assertFar, compare, fuzz } from "./fuzz";
import { PodGenerator } from "./pod-generator";
import { Random } from "./random";

const amount = Number(process.env.FUZZ_PODS ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? 20_261_121);

describe(`parity on ${amount.toLocaleString("en")} random pods, seed ${seed}`, function () {
  this.timeout(Math.max(240_000, amount * 3));

  it("[PSS] agrees with upstream on every generated or mutated pod, every check refusing some, at every level and version", async () =>
    assertFar(
      await fuzz(amount, seed),
      podSecurityChecks.map(({ upstream }) => upstream),
    ));

  it("[PSS] agrees on every pod that the two once disagreed on, or that is easily got wrong", async () => {
    const found = readFileSync(join(__dirname, "found.jsonl"), "utf8").trim().split("\n");
    const oracle = await startOracle();
    try {
      const answers = await oracle.askLines<PodVerdict>(found);
      for (const [i, line] of found.entries()) compare(line, answers[i] as PodVerdict);
    } finally {
      await oracle.close();
    }
  });

  it("tries every field that any check reads: left out, null, with several values, and with a wrong type", () => {
    const usual = fieldsTried(new PodGenerator(new Random(seed)));
    const wrong = fieldsTried(new PodGenerator(new Random(seed), 0.1, 0.1));
    assert.ok(usual.length > 150, `${usual.length} fields`);
    const untried = usual.filter(({ schema: { kind }, values }, i) => {
      const isScalar = ["boolean", "string", "int32", "int64"].includes(kind);
      return (
        !values.has("undefined") ||
        !values.has("null") ||
        values.size < (isScalar ? 4 : 3) ||
        [...(wrong[i]?.values ?? [])].every((value) => ["undefined", "null", ...fitting(kind)].includes(kindOf(value)))
      );
    });
    assert.deepEqual(
      untried.map(({ path }) => path),
      [],
    );
  });
});

/** A field of the schema and the values it got: scalars as JSON, else only their kind. */
interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly values: Set<string>;
  /** Fields of an object by their keys, the elements of a list as "". */
  readonly inside: Map<string, Field>;
}

function field(path: string, schema: Schema): Field {
  const inside = new Map<string, Field>();
  if (schema.kind === "object") for (const [key, of] of schema.fields) inside.set(key, field(`${path}.${key}`, of));
  if (schema.kind === "list") inside.set("", field(`${path}[]`, schema.of));
  return { path, schema, values: new Set(), inside };
}

/** Every field but elements of lists, which are never left out, with what it is in many pods. */
function fieldsTried(generator: PodGenerator): Field[] {
  const pod = field("pod", podSchema);
  for (let i = 0; i < 40_000; i++) note(generator.pod(), pod);
  const all = ({ inside }: Field): Field[] => [...inside.values()].flatMap((one) => [one, ...all(one)]);
  return all(pod).filter(({ path }) => !path.endsWith("[]"));
}

function note(value: unknown, { schema, values, inside }: Field): void {
  const isObject = typeof value === "object" && value !== null;
  values.add(isObject ? (Array.isArray(value) ? "[]" : "{}") : String(JSON.stringify(value)));
  if (!isObject) return;
  if (schema.kind === "list" && Array.isArray(value)) for (const one of value) note(one, inside.get("") as Field);
  if (schema.kind === "object" && !Array.isArray(value))
    for (const [key, one] of inside) note((value as Record<string, unknown>)[key], one);
}

/** What `note` says for a value, as the kinds of the schema. */
function kindOf(noted: string): string {
  if (noted === "undefined" || noted === "null") return noted;
  if (noted === "[]") return "list";
  if (noted === "{}") return "object";
  if (noted === "true" || noted === "false") return "boolean";
  return noted.startsWith('"') ? "string" : "number";
}

const fitting = (kind: Schema["kind"]): string[] =>
  kind === "map" ? ["object"] : kind.startsWith("int") ? ["number"] : [kind];
