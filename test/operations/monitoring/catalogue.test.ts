import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countDrill } from "../../../operations/drills/chaos-metrics";
import { meanings, sources } from "../../../operations/monitoring/catalogue";
import { filesBelow, textOf } from "../../support/tree";
import { alerts, metricsOf, recorded, rules } from "./rule-files";

const page = textOf("docs/reference/monitoring.md");
const scraped = sources.flatMap(({ metrics }) => metrics);
const dashboards = filesBelow(["operations/monitoring/dashboards"], [".json"]);
/** Every expression of the rules and the dashboards, panels and variables. */
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...dashboards.flatMap((file) => [
    ...[...textOf(file).matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
      ([, text]) => JSON.parse(text as string) as string,
    ),
    ...[...textOf(file).matchAll(/label_values\((.*?), \w+\)/g)].map(([, text]) => text as string),
  ]),
];
const reads = [...new Set(expressions.flatMap(metricsOf))];

describe("monitoring: metrics and alerts page", () => {
  it("says of every recorded metric what it means, and of no other", () =>
    assert.deepEqual(Object.keys(meanings).sort(), recorded.toSorted()));

  it("names every metric that a rule or a dashboard reads, with where it comes from, and no other", () =>
    assert.deepEqual(scraped.toSorted(), reads.filter((name) => !recorded.includes(name)).sort()));

  it("[COS-41] [COS-42] holds every alert and metric", () => {
    for (const { alert } of alerts) assert.match(page, new RegExp(`^\\| \\[${alert}\\]`, "m"));
    for (const name of [...recorded, ...scraped]) assert.ok(page.includes(`\`${name}\``), name);
    for (const file of dashboards) assert.ok(page.includes(file), file);
  });

  it("every section of the runbook is an alert's", () => {
    const sections = [...textOf("docs/how-to/respond-to-an-alert.md").matchAll(/^## (.+)$/gm)].map(([, name]) => name);
    assert.deepEqual(sections.toSorted(), alerts.map(({ alert }) => alert).sort());
  });

  it("[COS-43] the drill runner writes the metrics that are read of it", () => {
    const folder = mkdtempSync(join(tmpdir(), "drill-"));
    try {
      const file = join(folder, "chaos.prom");
      const outcome = {
        experiment: "pod-kill",
        service: "basket",
        failed: true,
        budgetUsedPercent: 240,
        timeSeconds: 7200,
      };
      countDrill(file, outcome);
      const written = [
        ...readFileSync(file, "utf8").matchAll(/^([a-z_]+)\{experiment="pod-kill",service="basket"\} /gm),
      ];
      const source = sources.find(({ name }) => name === "hardened drill");
      assert.deepEqual(written.map(([, name]) => name).sort(), source?.metrics);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
