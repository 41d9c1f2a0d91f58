import { strict as assert } from "node:assert";
import { jobBounds } from "../../../policy/checks/job-bounds";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { deployment, manifest, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const job = (spec: JsonObject) => manifest("batch/v1", "Job", { spec });
const cron = (spec: JsonObject) =>
  manifest("batch/v1", "CronJob", {
    spec: {
      concurrencyPolicy: "Forbid",
      jobTemplate: { spec: { activeDeadlineSeconds: 300, backoffLimit: 0 } },
      ...spec,
    },
  });
const deadline = (got: string) => `spec.activeDeadlineSeconds must be a number, at least 1, got ${got}`;

ruleCases(jobBounds, "job-bounds", [
  ["[MR-42] passes a deadline and no retries", job({ activeDeadlineSeconds: 300, backoffLimit: 0 })],
  ["passes what is no Job", deployment()],
  ["passes a Job of another maker", manifest("example.com/v1", "Job", { spec: {} })],
  ["fails neither", job({}), [deadline("unset"), "spec.backoffLimit must be a number, at least 0, got unset"]],
  ["fails a deadline of zero", job({ activeDeadlineSeconds: 0, backoffLimit: 0 }), [deadline("0")]],
  [
    "fails a deadline of a year, and passes one of 30 days",
    [
      job({ activeDeadlineSeconds: 31536000, backoffLimit: 0 }),
      job({ activeDeadlineSeconds: 2592000, backoffLimit: 0 }),
    ],
    ["spec.activeDeadlineSeconds must be at most 2592000 (30 days), got 31536000"],
  ],
  [
    "fails KEDA's Jobs, which it keeps a hundred of",
    manifest("keda.sh/v1alpha1", "ScaledJob", {
      spec: { jobTargetRef: { backoffLimit: 0 }, successfulJobsHistoryLimit: 10 },
    }),
    [
      "spec.jobTargetRef.activeDeadlineSeconds must be a number, at least 1, got unset",
      "spec.failedJobsHistoryLimit must be at most 10, got unset",
    ],
  ],
  ["passes a kind of that name of another group", manifest("batch/v1", "ScaledJob", { spec: {} })],
  ["fails a text", job({ activeDeadlineSeconds: "300", backoffLimit: 0 }), [deadline('"300"')]],
  [
    "fails the Jobs of a CronJob, not the CronJob itself",
    cron({ activeDeadlineSeconds: 1, jobTemplate: { spec: { backoffLimit: 2 } } }),
    ["spec.jobTemplate.spec.activeDeadlineSeconds must be a number, at least 1, got unset"],
  ],
  ["passes a CronJob that replaces a slow Job", cron({ concurrencyPolicy: "Replace", failedJobsHistoryLimit: 10 })],
  [
    "fails a CronJob that lets slow Jobs pile up",
    [cron({ concurrencyPolicy: "Allow" }), cron({ concurrencyPolicy: null })],
    ['"Allow"', "unset"].map((got) => `spec.concurrencyPolicy must be Forbid or Replace, got ${got}`),
  ],
  [
    "fails a CronJob that keeps every Job",
    cron({ successfulJobsHistoryLimit: 100, failedJobsHistoryLimit: 11 }),
    [
      "spec.successfulJobsHistoryLimit must be at most 10, got 100",
      "spec.failedJobsHistoryLimit must be at most 10, got 11",
    ],
  ],
  [
    "cannot evaluate unknown settings of a CronJob",
    cron({ concurrencyPolicy: UNKNOWN as never, failedJobsHistoryLimit: UNKNOWN as never }),
    ["concurrencyPolicy", "failedJobsHistoryLimit"].map(
      (field) => `spec.${field} cannot be evaluated, got a value unknown until deployment`,
    ),
  ],
  [
    "cannot evaluate an unknown deadline",
    job({ activeDeadlineSeconds: UNKNOWN as never, backoffLimit: 0 }),
    ["spec.activeDeadlineSeconds cannot be evaluated, got a value unknown until deployment"],
  ],
]);

const indexed = (change: JsonObject = {}) =>
  job({
    activeDeadlineSeconds: 300,
    completionMode: "Indexed",
    backoffLimitPerIndex: 1,
    maxFailedIndexes: 1,
    ...change,
  });
const policy = (...rules: unknown[]) =>
  job({ activeDeadlineSeconds: 300, backoffLimit: 3, podFailurePolicy: { rules: rules as JsonObject[] } });
const unset = ["spec.backoffLimit must be a number, at least 0, got unset"];
const disruption = [{ type: "DisruptionTarget" }];
const exit = { operator: "NotIn", values: [0] };

ruleCases(jobBounds, "job-bounds", [
  ["passes retries of each index", indexed()],
  ["passes no failed index that is too many", indexed({ maxFailedIndexes: null })],
  [
    "passes those of a CronJob's Jobs",
    cron({
      jobTemplate: { spec: { activeDeadlineSeconds: 300, completionMode: "Indexed", backoffLimitPerIndex: 0 } },
    }),
  ],
  [
    "fails a number of retries that is none",
    indexed({ backoffLimit: "3" }),
    ['spec.backoffLimit must be a number, at least 0, got "3"'],
  ],
  [
    "fails retries of each index that are no number",
    indexed({ backoffLimitPerIndex: -1 }),
    ["spec.backoffLimitPerIndex must be a number, at least 0, got -1"],
  ],
  [
    "fails retries of each index of a Job without indexes",
    indexed({ completionMode: null }),
    ["spec.completionMode must be Indexed, which backoffLimitPerIndex is for; or set backoffLimit, got unset"],
  ],
  [
    "cannot evaluate unknown retries of each index",
    indexed({ backoffLimitPerIndex: UNKNOWN as never }),
    ["spec.backoffLimitPerIndex cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "passes failures that are no fault of the program, and those by exit code that count",
    policy(
      { action: "Ignore", onPodConditions: disruption },
      { action: "FailJob", onExitCodes: exit },
      { action: "Count", onExitCodes: exit },
    ),
  ],
  [
    "fails failures by exit code that never count",
    policy({ action: "FailJob", onExitCodes: exit }, { action: "Ignore", onExitCodes: exit }),
    [
      'spec.podFailurePolicy.rules[1].action must be Count, FailIndex or FailJob for exit codes: what is ignored is tried without end, got "Ignore"',
    ],
  ],
  [
    "cannot evaluate a rule nobody knows yet",
    policy(UNKNOWN),
    ["spec.podFailurePolicy.rules[0].action cannot be evaluated, got a value unknown until deployment"],
  ],
]);
ruleCases(
  jobBounds,
  "job-bounds",
  [["fails retries of each index where the API server drops the field", indexed(), unset]],
  { ...prod, kubeVersion: "1.28" },
);

describe("job-bounds of what is no object of Kubernetes", () => {
  it("throws at nothing: names every object has, and texts that are none", () => {
    for (const [apiVersion, kind] of [
      ["batch/v1", "constructor"],
      ["batch/v1", { toString: null }],
      [{ toString: null }, "Job"],
    ])
      assert.deepEqual(jobBounds.check([{ object: { apiVersion, kind } as JsonObject }], prod), []);
  });
});
