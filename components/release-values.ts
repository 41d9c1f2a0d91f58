import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { JsonObject } from "../policy/contract";
import { overlay } from "../policy/manifest/overlay";

type Tree = { readonly [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Values for a release as every version of the provider keeps them: without the empty lists and nulls that versions before 4.30 drop
 * and later ones keep (pulumi-kubernetes#2997), so that another version shows no diff. What is omitted has no effect: the chart has no
 * default list there. Where it has one, the empty list stays and removes it.
 * @param chart the chart's folder, whose values.yaml says what it has, and those of the charts inside of it
 */
export function releaseValues(chart: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return trimmed(values, ownValues(chart));
}

/** Default values of a chart: for a subchart, its own defaults with the parent's overrides. */
function ownValues(chart: string): JsonObject {
  const file = join(chart, "values.yaml");
  const own = existsSync(file) ? load(readFileSync(file, "utf8")) : {};
  const inner = join(chart, "charts");
  const names = existsSync(inner)
    ? readdirSync(inner).filter((name) => existsSync(join(inner, name, "Chart.yaml")))
    : [];
  const inside = Object.fromEntries(names.map((name) => [name, ownValues(join(inner, name))]));
  return overlay(inside, isTree(own) ? (own as JsonObject) : {});
}

function trimmed(values: Tree, own: unknown): Record<string, unknown> {
  const kept = Object.entries(values).flatMap(([key, value]) => {
    const here = isTree(own) ? own[key] : undefined;
    const stays = Array.isArray(value)
      ? value.length > 0 || (Array.isArray(here) && here.length > 0)
      : value !== null && value !== undefined;
    return stays ? [[key, isTree(value) ? trimmed(value, here) : value]] : [];
  });
  return Object.fromEntries(kept);
}
