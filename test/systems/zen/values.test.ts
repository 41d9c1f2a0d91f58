import { strict as assert } from "node:assert";
import { watcherChartValues as chartValues } from "../../../systems/zen/watcher-chart-values";
import { zenConfig } from "../../../systems/zen/config";
import { fullName, values } from "../../../systems/zen/values";
import { only, render } from "../../charts/helm";

const parse = (given: object = {}) =>
  zenConfig.parse({ enabled: true, networkPolicy: { apiServer: { cidrs: ["10.0.0.1/32"] } }, ...given });
const rendered = (given: object, release: string) =>
  render({ chart: "zen-watcher", release, namespace: "zen", values: values(parse({ release, ...given })) });

describe("systems/zen: values", () => {
  it("every value is one the chart knows, and plain data", () => {
    const given = values(parse({ fullnameOverride: "watch", observe: { namespaces: ["shop"] } }));
    assert.ok(chartValues.partial().parse(given));
    assert.deepEqual(JSON.parse(JSON.stringify(given)), given);
  });

  for (const [title, given, release] of [
    ["by its defaults", {}, "zen-watcher"],
    ["of another release", {}, "other"],
    ["of the longest release name", {}, "r".repeat(53)],
    ["with a name of its own", { fullnameOverride: "watch" }, "zen-watcher"],
  ] as const)
    it(`knows the name the chart gives its objects: ${title}`, async () => {
      const { metadata } = only(await rendered(given, release), "Service");
      assert.equal(fullName(parse({ release, ...given })), metadata.name);
    });
});
