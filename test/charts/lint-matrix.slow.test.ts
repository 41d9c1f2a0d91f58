import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { projectName, projectRoot } from "../../config/project";
import { isRelease, type ReleaseInputs } from "../../operations/stack/release-inputs";
import { readStackFile, stackNames } from "../../operations/stack/stack-file";
import { collect } from "../../operations/validation/collect";
import { blocking } from "../../policy/evaluate/evaluate";
import { evaluateRelease } from "../../policy/evaluate/evaluate-release";
import { packConfig } from "../../policy/evaluate/pack-config";
import { charts, helm } from "./support/helm";

/** Every chart on its defaults, and on the values each environment gives it: lint, template, schema, policy. */

/** `helm lint --strict` finds nothing: no failure, no warning; hints (INFO) are none. */
async function lint(folder: string, values: unknown): Promise<void> {
  const { stdout, stderr, code } = await helm(["lint", "--strict", folder, "-f", "-"], values);
  assert.equal(code, 0, `${stdout}${stderr}`);
  assert.match(stdout, /1 chart\(s\) linted, 0 chart\(s\) failed/);
  assert.doesNotMatch(`${stdout}${stderr}`, /\[(?:WARNING|ERROR)\]/);
}

describe("charts: lint, schema and policy on each environment's values", () => {
  const applications = readdirSync(charts, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "hardened" && entry.name !== "examples")
    .map(({ name }) => name);

  for (const chart of applications)
    it(`[COS-32] ${chart}: no warning on its defaults`, () => lint(join(charts, chart), {}));

  for (const chart of applications)
    it(`[COS-33] ${chart}: an unknown key is refused by name, when it is linted too`, async () => {
      for (const command of [["template", "trial"], ["lint"]]) {
        const { code, stdout, stderr } = await helm([...command, join(charts, chart), "-f", "-"], { noSuchKey: 1 });
        assert.notEqual(code, 0, command[0]);
        assert.match(`${stdout}${stderr}`, /'noSuchKey' not allowed/);
      }
    });

  for (const stack of stackNames())
    it(`[COS-32] [COS-61] stack ${stack}: every release lints, fits its schema and passes the pack`, async () => {
      const { config, resources } = await collect(stack);
      const releases = resources.filter(isRelease).map(({ inputs }) => inputs as unknown as ReleaseInputs);
      assert.ok(
        releases.some(({ chart }) => chart.endsWith("charts/service")),
        "the platform is in every stack",
      );
      const pack = packConfig(readStackFile(stack).document.config ?? {}, projectName, projectRoot);
      for (const release of releases) {
        await lint(join(projectRoot, release.chart), release.values);
        const { verdict } = await evaluateRelease({ ...release }, { ...pack, now: new Date() });
        assert.deepEqual(blocking(verdict, config.environment), [], `${stack}/${release.name}`);
        assert.ok(verdict.pods > 0);
      }
    });
});
