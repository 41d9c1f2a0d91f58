/** A Job must end: without a deadline a hanging one holds up the deployment for ever, and without its own retry count it retries six times.
 *  A CronJob must not pile up Jobs when one is slow, nor keep every finished one.
 *  Fields: spec.{activeDeadlineSeconds,backoffLimit} of a Job, spec.jobTemplate.spec of a CronJob; wanted: a deadline above 0, any retry count.
 *  spec.concurrencyPolicy of a CronJob (wanted: Forbid or Replace), spec.{successful,failed}JobsHistoryLimit (wanted: at most 10; unset is 3 and 1).
 *  Upstream: pulumi.com/timeoutSeconds stops waiting but leaves the Job running, so it is no substitute. */

import { read, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule } from "../rules/object-rule";

/** Most finished Jobs a CronJob may keep of each kind. */
const most = 10;

const places = new Map([
  ["Job", ["spec"]],
  ["CronJob", ["spec", "jobTemplate", "spec"]],
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
    const place = word(object.apiVersion).startsWith("batch/") ? places.get(word(object.kind)) : undefined;
    if (place === undefined) return;
    for (const [field, least] of [
      ["activeDeadlineSeconds", 1],
      ["backoffLimit", 0],
    ] as const) {
      const got = read(object, ...place, field);
      if (typeof got === "number" && got >= least) continue;
      yield { field: [...place, field].join("."), got, want: `a number, at least ${least}` };
    }
    if (object.kind !== "CronJob") return;
    const policy = read(object, "spec", "concurrencyPolicy");
    if (policy !== "Forbid" && policy !== "Replace")
      yield { field: "spec.concurrencyPolicy", got: policy, want: "Forbid or Replace" };
    for (const field of ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"]) {
      const got = read(object, "spec", field);
      if (got === UNKNOWN || (typeof got === "number" && got > most))
        yield { field: `spec.${field}`, got, want: `at most ${most}` };
    }
  },
);
