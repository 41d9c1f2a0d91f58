import assert from "node:assert/strict";
import { defaultMapping, environmentsOf } from "../../../../systems/floe/environments";
import { readArtifacts } from "../../../../systems/floe/generator/artifacts";
import { builtinPlugins } from "../../../../systems/floe/generator/builtin-plugins";
import { generate } from "../../../../systems/floe/generator/generate";
import { textOf } from "../../../support/tree";

const sample = JSON.parse(textOf("systems/floe/generator/sample/compiled_artifacts.json"));

/** Milliseconds of processor time that reading and generating takes, the best of three. */
function timeOf(jobs: number): number {
  const many = Array.from({ length: jobs }, (_, index) => ({ ...sample.jobs[0], name: `orders-build-${index}` }));
  const json = JSON.stringify({ ...sample, jobs: many });
  const found = environmentsOf(defaultMapping);
  const environment = "environments" in found ? found.environments.prod : undefined;
  assert.ok(environment);
  const chart = { name: "floe-jobs", defaults: {}, overlay: {}, validate: () => [] } as const;
  const once = (): number => {
    const before = process.cpuUsage();
    const read = readArtifacts(json);
    assert.ok("artifacts" in read);
    const { artifacts } = read;
    const made = generate({ artifacts, environment, plugins: builtinPlugins(), chart, user: [], allowConflicts: [] });
    assert.ok("values" in made && (made.values.jobs as unknown[]).length === jobs);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  return Math.min(once(), once(), once());
}

describe("floe: the time of many jobs", function () {
  this.timeout(120_000);
  it("[FL-76] grows in step with their number up to 10,000", () => {
    timeOf(500);
    const [some, many] = [timeOf(1250), timeOf(10_000)];
    assert.ok(many < 16 * some, `8 times the jobs took ${(many / some).toFixed(1)} times as long (${many} ms)`);
    assert.ok(many < 10_000, `${many} ms`);
  });
});
