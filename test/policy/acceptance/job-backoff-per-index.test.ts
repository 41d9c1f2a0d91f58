import { strict as assert } from "node:assert";
import { jobBounds } from "../../../policy/checks/job-bounds";
import type { JsonObject } from "../../../policy/contract";
import { manifest, prod } from "../support/pod";

/** A Job may say for each index how often it is tried: the API server then makes backoffLimit so large that it counts for nothing (KEP-3850). */
describe("retries of each index", () => {
  const fields = (spec: JsonObject, kubeVersion = "1.36"): string[] =>
    jobBounds
      .check([manifest("batch/v1", "Job", { spec: { activeDeadlineSeconds: 600, ...spec } })], { ...prod, kubeVersion })
      .map(({ field }) => field);
  const indexed = { completionMode: "Indexed", completions: 3, backoffLimitPerIndex: 1 };

  it("say how often a Job is tried", () => {
    assert.deepEqual(fields(indexed), []);
    assert.deepEqual(fields({ ...indexed, maxFailedIndexes: 1 }), []);
  });

  it("say nothing where the API server drops or refuses them", () => {
    assert.deepEqual(fields(indexed, "1.28"), ["spec.backoffLimit"]);
    assert.deepEqual(fields({ backoffLimitPerIndex: 1 }), ["spec.completionMode"]);
    assert.deepEqual(fields({}), ["spec.backoffLimit"]);
  });
});
