/** A pod, a level and a version → the verdict of Pod Security admission, in its own words. Pure, deterministic, total over any JSON. */

import type { Level, Severity } from "../contract";
import { CheckedPod } from "../pods/checked-pod";
import { decode } from "../pods/pod-decode";
import { mayHaveDefaults, withDefaults } from "../pods/pod-defaults";
import { type Choose, readPod, settled, type TypeProblem } from "../pods/pod-reading";
import type { Pod } from "../pods/pod-types";
import type { FieldPath, Violation } from "./contract/check";
import { evaluateUnknown } from "./evaluate-unknown";
import { type ActiveCheck, checksFor } from "./plan";

export interface EvaluateOptions {
  /** `Pod` when the object itself is a pod: the API server then makes ports of a hostNetwork pod host ports. Default: a controller's template. */
  readonly kind?: "Pod" | "PodTemplate";
  /** Version of an older cluster, e.g. "v1.31": checks newer than it are not known there. Default: the newest version known here. */
  readonly emulation?: string;
}

/** One check a pod does not pass, with every place that breaks it. */
export interface PodFinding {
  /** Kebab-case id of the check. */
  readonly check: string;
  /** Id of the check in k8s.io/pod-security-admission. */
  readonly upstream: string;
  readonly severity: Severity;
  readonly title: string;
  /** Containers concerned, in the order visited, each once; empty when it is about the whole pod. */
  readonly containers: readonly string[];
  /** The first place; path from the pod spec, or from the pod when it begins with `metadata.`. See `fieldInObject`. */
  readonly field: string;
  readonly got: string;
  readonly want: string;
  readonly fix: string;
  /** `undetermined`: the verdict hangs on the unknown values at `places`. */
  readonly outcome: "fail" | "undetermined";
  readonly places: readonly FieldPath[];
}

export interface PodSecurityResult {
  /** True only when every check passes for certain. */
  readonly allowed: boolean;
  /** Upstream's reasons of the checks that fail for certain, in its order. */
  readonly reasons: readonly string[];
  /** Upstream's ForbiddenDetail of the same: `reason (detail), reason (detail)`. */
  readonly detail: string;
  /** One for each check that fails or is undetermined, in upstream's order. */
  readonly findings: readonly PodFinding[];
  /** Fields whose type the API server refuses. When there are any, no check has run. */
  readonly problems: readonly TypeProblem[];
}

/** The part of a verdict upstream has too. */
export type PodVerdict = Pick<PodSecurityResult, "allowed" | "reasons" | "detail" | "problems">;

/** A check that fails, with what it says. */
interface Failure {
  readonly active: ActiveCheck;
  readonly violation: Violation;
}

const passed: PodSecurityResult = Object.freeze({ allowed: true, reasons: [], detail: "", findings: [], problems: [] });

/** Serves for one plain pod after the other. */
const scratch = new CheckedPod();

/** Fills `scratch` with the pod as it would be stored, if it is plain. */
function decodePlain(pod: unknown, isPod: boolean): boolean {
  if (!decode(pod, scratch)) return false;
  return !mayHaveDefaults(scratch, isPod) || decode(withDefaults(pod as Pod, isPod), scratch);
}

/** Evaluates a pod. `pod` may be anything: a field of a wrong type becomes a problem, an UNKNOWN a three-valued answer.
 *  Throws a RangeError only for a version that is neither "latest" nor "v1.<n>". */
export function evaluatePod(pod: unknown, level: Level, version: string, options?: EvaluateOptions): PodSecurityResult {
  const checks = checksFor(level, version, options?.emulation);
  if (!decodePlain(pod, options?.kind === "Pod")) return closely(pod, checks, options);
  const failures = run(checks, scratch);
  return failures === null ? passed : forbidden(failures, failures.map(findingOf));
}

/** The verdict without findings, for those who need only upstream's words. Nothing is allocated for a plain pod that passes. */
export function verdictOnPod(pod: unknown, level: Level, version: string, options?: EvaluateOptions): PodVerdict {
  const checks = checksFor(level, version, options?.emulation);
  if (!decodePlain(pod, options?.kind === "Pod")) return closely(pod, checks, options);
  const failures = run(checks, scratch);
  return failures === null ? passed : forbidden(failures, []);
}

function run(checks: readonly ActiveCheck[], pod: CheckedPod): Failure[] | null {
  let failures: Failure[] | null = null;
  for (let i = 0; i < checks.length; i++) {
    const active = checks[i] as ActiveCheck;
    const violation = active.find(pod);
    if (violation !== null) {
      if (failures === null) failures = [{ active, violation }];
      else failures.push({ active, violation });
    }
  }
  return failures;
}

function closely(pod: unknown, checks: readonly ActiveCheck[], options?: EvaluateOptions): PodSecurityResult {
  const { problems, unknown } = readPod(pod);
  if (problems.length > 0) return { ...passed, allowed: false, problems };
  const asStored = (choose: Choose) => {
    const stored = new CheckedPod();
    if (decode(withDefaults(settled(pod, choose), options?.kind === "Pod"), stored)) return stored;
    throw new Error("a pod without type problems could not be decoded");
  };
  if (unknown.length === 0) {
    const failures = run(
      checks,
      asStored(() => "best"),
    );
    return failures === null ? passed : forbidden(failures, failures.map(findingOf));
  }
  const evaluated = checks.map((active) => evaluateUnknown(active, unknown, asStored));
  const failures = evaluated.filter((answer) => answer !== null && "violation" in answer) as Failure[];
  const findings = evaluated.flatMap((answer) =>
    answer === null
      ? []
      : "violation" in answer
        ? [findingOf(answer)]
        : [undetermined(answer.active, answer.paths, pod)],
  );
  return findings.length === 0 ? passed : forbidden(failures, findings);
}

function forbidden(failures: readonly Failure[], findings: readonly PodFinding[]): PodSecurityResult {
  const reasons: string[] = [];
  let detail = "";
  for (const { violation } of failures) {
    detail += `${reasons.length > 0 ? ", " : ""}${violation.reason}${violation.detail === "" ? "" : ` (${violation.detail})`}`;
    reasons.push(violation.reason);
  }
  return { allowed: false, reasons, detail, findings, problems: [] };
}

function findingOf({ active: { check }, violation }: Failure): PodFinding {
  const places = violation.places();
  const first = places[0];
  return {
    check: check.id,
    upstream: check.upstream,
    severity: check.severity,
    title: check.title,
    containers: [...new Set(places.flatMap(({ container }) => container ?? []))],
    field: first?.field ?? "",
    got: first?.got ?? "",
    want: first?.want ?? check.want,
    fix: first?.fix ?? check.fix,
    outcome: "fail",
    places,
  };
}

function undetermined({ check }: ActiveCheck, paths: readonly string[], pod: unknown): PodFinding {
  const places = paths.map((path): FieldPath => {
    const container = containerAt(pod, path);
    const field = path.startsWith("spec.") ? path.slice("spec.".length) : path;
    return { ...(container !== undefined && { container }), field, got: "unknown" };
  });
  return {
    check: check.id,
    upstream: check.upstream,
    severity: check.severity,
    title: check.title,
    containers: [...new Set(places.flatMap(({ container }) => container ?? []))],
    field: places[0]?.field ?? "",
    got: "unknown",
    want: check.want,
    fix: "give the field a value that is known before deployment",
    outcome: "undetermined",
    places,
  };
}

/** Name of the container a path leads into; undefined when it leads into none, or the name is unknown too. */
function containerAt(pod: unknown, path: string): string | undefined {
  const [, type = "", index = ""] = /^spec\.(\w+)\[(\d+)\]\./.exec(path) ?? [];
  const lists = (pod as { spec: { [type: string]: { name?: unknown }[] } }).spec;
  const name = type.toLowerCase().endsWith("containers") ? lists[type]?.[Number(index)]?.name : undefined;
  return typeof name === "string" ? name : undefined;
}

/** A finding's field as a path in the object the pod came from, given the template's path there ("" for a Pod). */
export function fieldInObject(templatePath: string, field: string): string {
  const inPod =
    field.startsWith("metadata.") || field === "metadata" || field === "spec" || field === "" ? field : `spec.${field}`;
  return [templatePath, inPod].filter((part) => part !== "").join(".");
}
