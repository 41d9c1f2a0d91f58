/** A Job must end: without a deadline a hanging one holds up the deployment for ever, and without its own retry count it retries six times.
 *  A CronJob must not pile up Jobs when one is slow, nor keep every finished one.
 *  Fields: spec.{activeDeadlineSeconds,backoffLimit} of a Job, spec.jobTemplate.spec of a CronJob, spec.jobTargetRef of KEDA's ScaledJob; wanted: a deadline
 *  from 1 second to 30 days, any retry count. spec.concurrencyPolicy of a CronJob (wanted: Forbid or Replace), spec.{successful,failed}JobsHistoryLimit
 *  (wanted: at most 10; unset is 3 and 1, and 100 of a ScaledJob).
 *  Upstream: pulumi.com/timeoutSeconds stops waiting but leaves the Job running, so it is no substitute. */

import { read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";

/** Most finished Jobs a CronJob may keep of each kind. */
const most = 10;

/** Longest deadline that still ends anything, in seconds: 30 days. */
const longest = 30 * 24 * 3600;

/** Where a kind keeps the spec of its Jobs, and the group it is of. */
const places = new Map([
  ["Job", { group: "batch", at: ["spec"] }],
  ["CronJob", { group: "batch", at: ["spec", "jobTemplate", "spec"] }],
  ["ScaledJob", { group: "keda.sh", at: ["spec", "jobTargetRef"] }],
]);

export const jobBounds = objectRule(
  {
    id: "job-bounds",
    severity: "medium",
    description:
      "Every Job says when it is given up and how often it is tried, so that a hanging or failing one ends; CronJobs do not pile them up.",
    fix: "set activeDeadlineSeconds and backoffLimit on the Job, and concurrencyPolicy: Forbid on a CronJob",
    enforcement: { dev: "mandatory", staging: "mandatory", prod: "mandatory" },
    controls: ["MR-42"],
  },
  function* ({ object }) {
    const { group, at: place } = places.get(word(object.kind)) ?? {};
    if (place === undefined || !word(object.apiVersion).startsWith(`${group}/`)) return;
    for (const [field, least] of [
      ["activeDeadlineSeconds", 1],
      ["backoffLimit", 0],
    ] as const) {
      const got = read(object, ...place, field);
      const at = [...place, field].join(".");
      if (typeof got !== "number" || got < least) yield { field: at, got, want: `a number, at least ${least}` };
      else if (field === "activeDeadlineSeconds" && got > longest)
        yield { field: at, got, want: `at most ${longest} (30 days)` };
    }
    if (object.kind === "Job") return;
    const policy = read(object, "spec", "concurrencyPolicy");
    if (object.kind === "CronJob" && policy !== "Forbid" && policy !== "Replace")
      yield { field: "spec.concurrencyPolicy", got: policy, want: "Forbid or Replace" };
    for (const field of ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"]) {
      const got = read(object, "spec", field);
      const unbounded = got === undefined && object.kind === "ScaledJob";
      if (unbounded || got === UNKNOWN || (typeof got === "number" && got > most))
        yield { field: `spec.${field}`, got, want: `at most ${most}` };
    }
  },
);
