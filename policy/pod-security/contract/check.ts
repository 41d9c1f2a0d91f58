/** The contract of a Pod Security check, and the words all of them share. */

import type { Severity } from "../../contract";
import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { plural, quoted } from "./go-text";

/** One place in the pod that breaks a rule. */
export interface FieldPath {
  /** Name of the container, absent when it is about the whole pod. */
  readonly container?: string;
  /** Path from the pod spec, e.g. `containers[0].securityContext.privileged`; from the pod when it begins with `metadata.`. */
  readonly field: string;
  readonly got: string;
  /** When they differ from the check's own. */
  readonly want?: string;
  readonly fix?: string;
}

/** What a check has against a pod. `reason` and `detail` are upstream's words; `places` are ours,
 *  built when asked for, which must be before the same CheckedPod serves for another pod. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
  readonly places: () => readonly FieldPath[];
}

/** Evaluates a pod: null when it has nothing against it. Pure, and total over CheckedPod. */
export type Find = (pod: CheckedPod) => Violation | null;

export interface PodSecurityCheck {
  /** Kebab-case id: file, test, docs section and policy carry the same. */
  readonly id: string;
  /** The id upstream, which also decides the order of messages. */
  readonly upstream: string;
  /** Baseline checks count for restricted too, unless overridden. */
  readonly level: "baseline" | "restricted";
  readonly severity: Severity;
  /** The rule in one sentence. */
  readonly title: string;
  /** What could happen without it, in one sentence. */
  readonly why: string;
  readonly want: string;
  readonly fix: string;
  /** Id of the baseline check this restricted one replaces, from its own first version on. */
  readonly overrides?: string;
  /** Revisions in rising order: from this minor version of the policy on, `find` evaluates. */
  readonly versions: readonly { readonly since: number; readonly find: Find }[];
}

type Definition = Omit<PodSecurityCheck, "versions"> & {
  readonly versions: readonly { readonly since: `v1.${number}`; readonly find: Find }[];
};

/** Makes a check from its definition; throws when the definition contradicts itself (upstream registry.go, validateChecks). */
export function podSecurityCheck(definition: Definition): PodSecurityCheck {
  const versions = definition.versions.map(({ since, find }) => ({ since: Number(since.slice("v1.".length)), find }));
  if (versions.length === 0) throw new Error(`check ${definition.id}: has no versions`);
  if (versions.some(({ since }, i) => i > 0 && since <= (versions[i - 1]?.since ?? 0)))
    throw new Error(`check ${definition.id}: versions must rise`);
  if (definition.overrides !== undefined && definition.level !== "restricted")
    throw new Error(`check ${definition.id}: only restricted checks may override`);
  return { ...definition, versions };
}

/** `container "a"`, `containers "a", "b"`. */
export function containersText(found: readonly CheckedContainer[]): string {
  return `${plural(found.length, "container", "containers")} ${quoted(names(found))}`;
}

/** Who set something: `pod`, `container "a"`, or `pod and containers "a", "b"`. */
export function settersText(pod: boolean, found: readonly CheckedContainer[] | null): string {
  if (found === null) return "pod";
  return pod ? `pod and ${containersText(found)}` : containersText(found);
}

/** Names of containers in the order visited; "" for one without a name. */
export function names(found: readonly CheckedContainer[]): string[] {
  return found.map(({ name }) => name);
}

/** The same field of every container found. */
export function placesOf(found: readonly CheckedContainer[] | null, field: string): FieldPath[] {
  return (found ?? []).map(({ name, path, source }) => ({
    container: name,
    field: `${path}.${field}`,
    got: show(dig(source, field)),
  }));
}

/** A field of the pod spec itself. */
export function placeOf(spec: object, field: string): FieldPath {
  return { field, got: show(dig(spec, field)) };
}

/** A value as findings show it: `unset`, `true`, `"Unmasked"`, `["SYS_ADMIN"]`. */
export function show(value: unknown): string {
  return value === undefined || value === null ? "unset" : JSON.stringify(value);
}

function dig(value: unknown, field: string): unknown {
  return field
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], value);
}
