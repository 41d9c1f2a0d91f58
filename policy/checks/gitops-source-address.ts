/** The address a GitOps controller fetches from is filled in: with a placeholder of an example in it, nothing is installed, and the error only shows when the controller tries.
 *  Fields: whatever names an address in the custom resources of rules/gitops-sources.ts, and spec.url of Flux's sources; wanted: no `<gap>`, no REPLACE_ME. */
import type { JsonObject } from "../contract";
import { child } from "../manifest/field-path";
import { groupOf } from "../manifest/kind-table";
import { read, text } from "../manifest/read";
import { UNKNOWN, type Unknown } from "../manifest/unknown";
import { sourcesOf } from "../rules/gitops-sources";
import { objectRule } from "../rules/object-rule";

/** `<registry>`, `YOUR_ORG`, `REPLACE-ME`, `CHANGEME`. */
const gap = /<[^<>]+>|\bYOUR[-_][A-Z]+|\b(?:REPLACE|CHANGE|INSERT|FILL)[-_]?(?:ME|THIS|IN)\b/;

const addressKeys: ReadonlySet<string> = new Set(
  "repoURL repo url repository repositoryURL git image endpoint bucketName package".split(" "),
);

export const gitopsSourceAddress = objectRule(
  {
    id: "gitops-source-address",
    severity: "high",
    description: "Addresses that a GitOps controller fetches from are filled in: no gap of an example is left in them.",
    fix: "put the address of your own repository or registry in its place",
    controls: ["MR-54"],
  },
  function* ({ object }) {
    if (sourcesOf(object).length === 0 && groupOf(text(object, "apiVersion")) !== "source.toolkit.fluxcd.io") return;
    for (const { field, value } of addressesIn(read(object, "spec"))) {
      const [left] = value === UNKNOWN ? [] : (gap.exec(value) ?? []);
      if (value === UNKNOWN) yield { field, got: UNKNOWN, want: "filled in" };
      else if (left !== undefined) yield { field, said: `the placeholder ${left}`, want: "filled in" };
    }
  },
);

interface FieldAt {
  readonly field: string;
  readonly value: unknown;
}

/** Texts that are addresses by their keys, at any depth, and whatever is not known and may hold one. Values for a chart hold none. */
function* addressesIn(spec: unknown): Generator<{ readonly field: string; readonly value: string | Unknown }> {
  const open: FieldAt[] = [{ field: "spec", value: spec }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { field, value } = at;
    if (value === UNKNOWN) yield { field, value };
    if (typeof value !== "object" || value === null) continue;
    const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value as JsonObject);
    for (const [key, one] of inner.toReversed()) {
      if (valuesKeys.has(String(key))) continue;
      if (typeof one === "string" && addressKeys.has(String(key))) yield { field: child(field, key), value: one };
      else open.push({ field: child(field, key), value: one });
    }
  }
}

const valuesKeys: ReadonlySet<string> = new Set(["values", "valuesObject"]);
