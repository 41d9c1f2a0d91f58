import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { dump, load } from "js-yaml";
import { filesBelow, textOf } from "../../support/tree";
import { dashboardType, type Panel } from "./dashboard-type";
import { inCheckout, metricsOf, promtool, ruleFiles } from "./rule-files";

const files = filesBelow(["operations/monitoring/dashboards"], [".json"]);
const read = (file: string) => dashboardType.parse(JSON.parse(textOf(file)));
const shown = (file: string): Panel[] => read(file).panels.filter(({ type }) => type !== "row");
const queries = (file: string): string[] => shown(file).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** A query as Grafana sends it, with everything chosen. */
const chosen = (query: string): string =>
  query
    .replaceAll("$__rate_interval", "5m")
    .replaceAll("$__range", "6h")
    .replaceAll(/\$[a-z]+/g, ".*");

/** What a dashboard must show, by requirement: a title or a query of one of its panels. */
const wanted: Readonly<Record<string, readonly [id: string, parts: readonly RegExp[]]>> = {
  resources: [
    "[COS-44]",
    [
      /cpu_usage_cores/,
      /cpu_limit_cores/,
      /cpu_limit_used/,
      /throttled/,
      /memory_usage_bytes/,
      /memory_limit_bytes/,
      /memory_limit_used/,
    ],
  ],
  autoscaling: [
    "[COS-45]",
    [/desired_replicas/, /current_replicas/, /max_replicas/, /scale_ups/, /scale_downs/, /autoscaler_recommendations/],
  ],
  chaos: ["[COS-46]", [/chaos_test_runs_total/, /chaos_test_failures_total/, /chaos_test_budget_used_percent/]],
};

describe("monitoring: dashboards", function () {
  this.timeout(120_000);

  it("are the three there should be, each with an address of its own", () => {
    assert.deepEqual(files.map((file) => basename(file, ".json")).sort(), Object.keys(wanted).sort());
    assert.equal(new Set(files.map((file) => read(file).uid)).size, files.length);
  });

  for (const file of files) {
    const stem = basename(file, ".json");
    const [id, parts] = wanted[stem] ?? ["", []];

    it(`${id} ${stem}: is a dashboard as Grafana reads it, and shows what it is for`, () => {
      for (const part of parts)
        assert.ok(
          queries(file).some((query) => part.test(query)),
          String(part),
        );
      assert.ok(shown(file).every(({ targets = [] }) => targets.length > 0));
    });

    it(`${stem}: panels have ids of their own and do not lie over each other`, () => {
      const { panels } = read(file);
      assert.equal(new Set(panels.map((panel) => panel.id)).size, panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
        assert.ok(x + w <= 24);
        return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`);
      });
      assert.equal(new Set(cells).size, cells.length);
    });

    it(`${stem}: every variable that a query names is declared, and every one declared is used`, () => {
      const declared = read(file).templating.list.map(({ name }) => name);
      const used = new Set([...textOf(file).matchAll(/\$\{?([a-z]+)\}?/g)].map(([, name]) => name as string));
      assert.deepEqual([...used].sort(), declared.toSorted());
    });

    it(`${stem}: on the rules' own test series every query finds something`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "dashboard-"));
      try {
        const test = {
          rule_files: ruleFiles.map((one) => inCheckout(one.file)),
          evaluation_interval: "1m",
          tests: [
            {
              interval: "1m",
              input_series: load(textOf("test/operations/monitoring/dashboard-series.yaml")),
              promql_expr_test: queries(file).map((query) => ({
                expr: `count(${chosen(query)}) > bool 0`,
                eval_time: "40m",
                exp_samples: [{ labels: "{}", value: 1 }],
              })),
            },
          ],
        };
        writeFileSync(join(folder, "test.yaml"), dump(test));
        const { code, text } = await promtool("test", "rules", join(folder, "test.yaml"));
        assert.equal(code, 0, text);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it("a query over a series that does not exist is found", () =>
    assert.deepEqual(metricsOf('sum by (a_b) (rate(x_y_total{c_d="e_f"}[5m])) > on (g_h) i:j_k:l'), [
      "x_y_total",
      "i:j_k:l",
    ]));
});
