/** A Job must end: without a deadline a hanging one holds up the deployment for ever, and without its own retry count it retries six times.
 *  A CronJob must not pile up Jobs when one is slow, nor keep every finished one.
 *  Fields: spec.{activeDeadlineSeconds,backoffLimit} of a Job, spec.jobTemplate.spec of a CronJob, spec.jobTargetRef of KEDA's ScaledJob; wanted: a deadline
 *  from 1 second to 30 days, any retry count. spec.concurrencyPolicy of a CronJob (wanted: Forbid or Replace), spec.{successful,failed}JobsHistoryLimit
 *  (wanted: at most 10; unset is 3 and 1, and 100 of a ScaledJob). From Kubernetes 1.29 backoffLimitPerIndex of an Indexed Job says how often each index is
 *  tried (KEP-3850; pkg/apis/batch/v1/defaults.go, SetDefaults_Job). podFailurePolicy.rules (KEP-3329): a failure by exit code that is ignored counts for
 *  neither number, so it is tried for ever; forbidden: action Ignore with onExitCodes.
 *  Upstream: pulumi.com/timeoutSeconds stops waiting but leaves the Job running, so it is no substitute. */

import { isKind } from "../manifest/is-kind";
import { list, read } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { minorOf } from "../rules/api-lifecycle";
import { type Complaint, objectRule } from "../rules/object-rule";

/** Most finished Jobs a CronJob may keep of each kind. */
const most = 10;

/** Longest deadline that still ends anything, in seconds: 30 days. */
const longest = 30 * 24 * 3600;

/** First minor version of Kubernetes that has backoffLimitPerIndex unless it is switched off (JobBackoffLimitPerIndex). */
const perIndexSince = 29;

/** Where a kind keeps the spec of its Jobs. */
const places = [
  { group: "batch", kind: "Job", at: ["spec"] },
  { group: "batch", kind: "CronJob", at: ["spec", "jobTemplate", "spec"] },
  { group: "keda.sh", kind: "ScaledJob", at: ["spec", "jobTargetRef"] },
] as const;

export const jobBounds = objectRule(
  {
    id: "job-bounds",
    severity: "medium",
    description:
      "Every Job says when it is given up and how often it is tried, so that a hanging or failing one ends; CronJobs do not pile them up.",
    fix: "set activeDeadlineSeconds and backoffLimit on the Job, and concurrencyPolicy: Forbid on a CronJob",
    controls: ["MR-42"],
  },
  function* ({ object }, { kubeVersion }) {
    const { kind, at } = places.find((place) => isKind(object, place.group, place.kind)) ?? {};
    if (at === undefined) return;
    const spec = read(object, ...at);
    const inSpec = ({ field, ...complaint }: Complaint): Complaint => ({
      ...complaint,
      field: `${at.join(".")}.${field}`,
    });
    yield* [...deadline(spec), ...retries(spec, minorOf(kubeVersion) >= perIndexSince), ...ignored(spec)].map(inSpec);
    if (kind === "Job") return;
    const policy = read(object, "spec", "concurrencyPolicy");
    if (kind === "CronJob" && policy !== "Forbid" && policy !== "Replace")
      yield { field: "spec.concurrencyPolicy", got: policy, want: "Forbid or Replace" };
    for (const field of ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"]) {
      const got = read(object, "spec", field);
      const unbounded = got === undefined && kind === "ScaledJob";
      if (unbounded || got === UNKNOWN || (typeof got === "number" && got > most))
        yield { field: `spec.${field}`, got, want: `at most ${most}` };
    }
  },
);

const numberFrom = (least: number): string => `a number, at least ${least}`;
const isFrom = (got: unknown, least: number): got is number => typeof got === "number" && got >= least;

function* deadline(spec: unknown): Iterable<Complaint> {
  const field = "activeDeadlineSeconds";
  const got = read(spec, field);
  if (!isFrom(got, 1)) yield { field, got, want: numberFrom(1) };
  else if (got > longest) yield { field, got, want: `at most ${longest} (30 days)` };
}

/** How often it is tried: as a whole, or each index of an Indexed Job. */
function* retries(spec: unknown, hasIndexes: boolean): Iterable<Complaint> {
  const [whole, perIndex] = ["backoffLimit", "backoffLimitPerIndex"].map((field) => read(spec, field));
  if (whole !== undefined || perIndex === undefined || !hasIndexes) {
    if (!isFrom(whole, 0)) yield { field: "backoffLimit", got: whole, want: numberFrom(0) };
    return;
  }
  if (!isFrom(perIndex, 0)) yield { field: "backoffLimitPerIndex", got: perIndex, want: numberFrom(0) };
  const mode = read(spec, "completionMode");
  if (mode !== "Indexed")
    yield {
      field: "completionMode",
      got: mode,
      want: "Indexed, which backoffLimitPerIndex is for; or set backoffLimit",
    };
}

function* ignored(spec: unknown): Iterable<Complaint> {
  for (const [index, rule] of list(spec, "podFailurePolicy", "rules").entries()) {
    const action = read(rule, "action");
    if (read(rule, "onExitCodes") === undefined || (action !== "Ignore" && action !== UNKNOWN)) continue;
    const want = "Count, FailIndex or FailJob for exit codes: what is ignored is tried without end";
    yield { field: `podFailurePolicy.rules[${index}].action`, got: action, want };
  }
}
