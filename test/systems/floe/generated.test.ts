import assert from "node:assert/strict";
import { join } from "node:path";
import { generateValues } from "../../../operations/floe/generate-values";
import { floeConfig } from "../../../systems/floe/config";
import { mergeAll } from "../../../systems/floe/generator/merge";
import { resolveFloe } from "../../../systems/floe/resolve";
import { defaultValues, imageOf, platformValues } from "../../../systems/floe/values";
import { render } from "../../charts/support/helm";
import { root } from "../../support/tree";

const artifact = join(root, "systems/floe/generator/sample/compiled_artifacts.json");
const names = { server: "s", dagster: "d", warehouse: "w", lineage: "l", objectStore: "o", jobsStore: "j" };
const profiles = { dev: "dev", test: "dev", qa: "dev", uat: "staging", staging: "staging" } as const;

/** What a stack lays over generated values makes a platform that has every Secret it names, in each environment that a stack may run. */
describe("systems/floe: generated values in a stack", () => {
  for (const [environment, profile] of Object.entries(profiles))
    it(`[FL-71] [FL-120] ${environment}: renders, with no Secret and no part the stack does not bring`, async () => {
      const given = floeConfig.parse({ enabled: true, environment, imageRegistry: "registry.example.com/floe" });
      const { value: config, mistakes } = resolveFloe(given, profile);
      assert.deepEqual(mistakes, []);
      const more = { chart: "floe-platform", values: [], set: [], allowConflict: [], timeout: 10 };
      const { values } = await generateValues({ artifact, env: environment, ...more });
      const image = (part: Parameters<typeof imageOf>[1]) => imageOf(config, part);
      const whole = mergeAll([defaultValues(image("dagster")), values, platformValues(config, names, image)]);
      const objects = await render({
        chart: "floe-platform",
        release: "floe",
        namespace: config.namespace,
        values: whole,
      });
      assert.ok(objects.every(({ metadata }) => !metadata.name.includes("polaris")));
      const named = [...JSON.stringify(objects).matchAll(/"secretRef":\{"name":"([^"]*)"\}/g)].map(([, name]) => name);
      assert.ok(named.length > 5);
      // the stack's own, and those the sample itself names
      const known = new Set<string | undefined>([...Object.values(names), "orders-warehouse"]);
      assert.deepEqual(
        named.filter((name) => !known.has(name)),
        [],
      );
    });
});
