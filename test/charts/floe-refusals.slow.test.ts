import { strict as assert } from "node:assert";
import type { JsonObject } from "../../policy/contract";
import { mergeAll } from "../../systems/floe/generator/merge";
import { environments, jobs, jobsNeed, overlay, platform, withOperator } from "./support/floe";
import { wrongJobs, wrongPlatform } from "./support/floe-wrong-values";
import { refusal, type Setting } from "./support/helm";

const refused = (chart: string, layers: readonly object[], { args = [], ...rest }: Setting = {}): Promise<string> =>
  refusal({
    release: "floe",
    namespace: "floe-dev",
    ...rest,
    args: [...withOperator, ...args],
    chart,
    values: mergeAll(layers as JsonObject[]),
  });

describe("charts/floe-platform: refusals", () => {
  for (const [title, environment, values, words] of wrongPlatform)
    it(`[FL-40] [FL-56] [FL-116] ${environment}: ${title} is refused by name`, async () =>
      assert.match(await refused("floe-platform", [overlay(environment), values]), words));

  for (const environment of environments)
    it(`[FL-09] ${environment}: Kubernetes 1.27 is refused, 1.28 is not`, async () => {
      const at = (version: string) => ({ args: ["--kube-version", version] });
      assert.match(
        await refused("floe-platform", [overlay(environment)], at("1.27.16")),
        /requires kubeVersion: >=1\.28\.0-0 which is incompatible with Kubernetes v1\.27\.16/,
      );
      await assert.doesNotReject(platform(environment, {}, at("1.28.0")));
    });

  it("says everything that is wrong at once", async () => {
    const postgresql = { mode: "external", host: "", auth: { dagsterSecret: "" } };
    const values = { global: { environment: "" }, postgresql };
    const said = await refused("floe-platform", [overlay("prod"), values, { polaris: { existingSecret: "" } }]);
    assert.equal(said.split("\n").filter((line) => / is empty/.test(line)).length, 4, said);
  });

  it("production may have its database in one pod by a key of its own, and all of the rest stays refused", async () => {
    const postgresql = {
      mode: "statefulset",
      allowStatefulsetInProd: true,
      auth: { existingSecret: "floe-postgresql" },
    };
    const objects = await platform("prod", { postgresql });
    assert.ok(objects.some(({ kind }) => kind === "StatefulSet"));
  });

  it("what is off is not asked for", async () => {
    const off = { minio: { enabled: false, existingSecret: "" }, marquez: { enabled: false } };
    await assert.doesNotReject(platform("dev", { ...off, postgresql: { auth: { marquezSecret: "" } } }));
  });
});

describe("charts/floe-jobs: refusals", () => {
  for (const [title, values, words] of wrongJobs)
    it(`[FL-60] [FL-64] [FL-116] ${title} is refused by name`, async () => {
      const said = await refused("floe-jobs", [jobsNeed, values]);
      assert.match(said, words);
      assert.doesNotMatch(said, /hunter-two/, "a credential is shown");
    });

  it("[FL-09] Kubernetes 1.27 is refused, 1.28 is not", async () => {
    const at = (version: string) => ({ args: ["--kube-version", version] });
    assert.match(await refused("floe-jobs", [jobsNeed], at("1.27.16")), /requires kubeVersion: >=1\.28\.0-0/);
    await assert.doesNotReject(jobs({}, at("1.28.0")));
  });
});
