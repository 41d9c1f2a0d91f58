/** Small random changes to a pod that is already interesting. */
import { podSchema, type Schema } from "../../../policy/pods/pod-schema";
import type { PodGenerator } from "./pod-generator";
import type { Random } from "./random";

/** A field of the pod, with what it is part of. */
interface Spot {
  readonly parent: { [key: string]: unknown } | unknown[];
  readonly key: string;
}

/** A copy of the pod with one to four changes: a part removed, made null, doubled, given a wrong type, or taken from a random pod. */
export function mutated(pod: unknown, random: Random, generator: PodGenerator): unknown {
  const copy = structuredClone(pod);
  for (let changes = 1 + random.below(4); changes > 0; changes--) change(copy, random, generator);
  return copy;
}

function change(pod: unknown, random: Random, generator: PodGenerator): void {
  const spots: Spot[] = [];
  collect(pod, podSchema, spots);
  if (spots.length === 0) return;
  const { parent, key } = random.pick(spots);
  const fields = parent as { [key: string]: unknown };
  const part = fields[key];
  switch (random.below(5)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      break;
    case 1:
      fields[key] = random.chance(0.05) ? random.pick(["true", 0, true, [], {}]) : null;
      break;
    case 2:
      if (Array.isArray(parent)) parent.push(structuredClone(part));
      break;
    case 3:
      if (key === "spec" && typeof part === "object") Object.assign(part ?? {}, generator.spec());
      break;
    default:
      if (!Array.isArray(part)) break;
      if (key.toLowerCase().endsWith("containers")) part.push(generator.container());
      if (key === "volumes") part.push(generator.volume());
  }
}

function collect(value: unknown, schema: Schema, spots: Spot[]): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const inner = schema.kind === "object" ? schema.fields.get(key) : "of" in schema ? schema.of : undefined;
    if (inner === undefined) continue;
    spots.push({ parent: value as Spot["parent"], key });
    collect(child, inner, spots);
  }
}
