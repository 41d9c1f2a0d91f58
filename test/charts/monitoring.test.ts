import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { load } from "js-yaml";
import type { JsonObject } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { filesBelow, textOf } from "../support/tree";
import { charts, helm, only, type Rendered, refusal, render, type Setting } from "./support/helm";

interface Groups {
  readonly groups: { readonly rules: { annotations?: Record<string, string> }[] }[];
}
const topics = filesBelow(["operations/monitoring/rules"], [".yaml"]).map((file) => basename(file, ".yaml"));
const dashboards = filesBelow(["operations/monitoring/dashboards"], [".json"]).map((file) => basename(file));
const withOperator = ["--api-versions", "monitoring.coreos.com/v1"];
const monitoring = (values: object = {}, rest: Setting = {}): Promise<Rendered[]> =>
  render({ chart: "monitoring", release: "monitoring", namespace: "monitoring", values, args: withOperator, ...rest });
const rulesOf = (objects: readonly Rendered[]): Rendered[] => objects.filter(({ kind }) => kind === "PrometheusRule");

describe("charts/monitoring", () => {
  it("makes a PrometheusRule of every topic, with the groups of its file", async () => {
    const found = rulesOf(await monitoring());
    assert.deepEqual(
      found.map(({ metadata }) => metadata.name),
      topics.map((topic) => `monitoring-${topic}`),
    );
    for (const topic of topics)
      assert.deepEqual(
        only(found, "PrometheusRule", `monitoring-${topic}`).spec as unknown,
        load(textOf(`operations/monitoring/rules/${topic}.yaml`)),
      );
  });

  it("makes no PrometheusRule where the cluster has no such kind, and says so", async () => {
    const objects = await monitoring({}, { args: [] });
    assert.deepEqual(rulesOf(objects), []);
    assert.ok(objects.length > 0);
    assert.match(textOf("charts/monitoring/templates/NOTES.txt"), /has no kind PrometheusRule/);
  });

  it("a topic can be switched off, and only its rules go", async () => {
    const names = async (values: object) => (await monitoring(values)).map(({ metadata }) => metadata.name);
    const all = await names({});
    for (const topic of topics) {
      const rest = await names({ rules: { [topic]: false } });
      assert.deepEqual(
        all.filter((name) => !rest.includes(name)),
        [`monitoring-${topic}`],
      );
    }
  });

  it("labels for Prometheus are on every rule, and runbooks get the address before their path", async () => {
    const base = "https://git.example.com/platform/hardened/src/main/";
    for (const { metadata, spec } of rulesOf(
      await monitoring({ ruleLabels: { release: "prom" }, runbookBase: base }),
    )) {
      assert.equal(metadata.labels.release, "prom");
      const links = (spec as unknown as Groups).groups.flatMap(({ rules }) =>
        rules.flatMap(({ annotations }) => annotations?.runbook_url ?? []),
      );
      assert.ok(links.length > 0);
      for (const link of links) assert.ok(link.startsWith(`${base}docs/`), link);
    }
  });

  it("makes a ConfigMap of every dashboard that Grafana's sidecar finds", async () => {
    const objects = await monitoring();
    for (const file of dashboards) {
      const map = only(objects, "ConfigMap", `monitoring-dashboard-${basename(file, ".json")}`);
      assert.equal(map.metadata.labels.grafana_dashboard, "1");
      assert.equal(map.metadata.annotations?.grafana_folder, "hardened");
      assert.deepEqual(
        JSON.parse(map.data[file] as string),
        JSON.parse(textOf(`operations/monitoring/dashboards/${file}`)),
      );
    }
    const none = await monitoring({ dashboards: { enabled: false }, customResourceState: false });
    assert.deepEqual(
      none.filter(({ kind }) => kind !== "PrometheusRule"),
      [],
    );
  });

  it("[COS-41] gives kube-state-metrics its configuration", async () => {
    const { data } = only(await monitoring(), "ConfigMap", "monitoring-custom-resource-state");
    assert.deepEqual(
      load(data["config.yaml"] as string),
      load(textOf("operations/monitoring/kube-state-metrics/vertical-pod-autoscaler.yaml")),
    );
  });

  it("refuses a topic that there is not, and an address that would not lead anywhere", async () => {
    const wrong = { chart: "monitoring", values: { rules: { autoscaling2: true }, runbookBase: "git.example.com" } };
    const text = await refusal(wrong);
    assert.match(text, /autoscaling2/);
    assert.match(text, /runbookBase/);
  });

  it("holds the files themselves when it is packed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "packed-"));
    try {
      const { code, stderr } = await helm(["package", join(charts, "monitoring"), "--destination", folder]);
      assert.equal(code, 0, stderr);
      const packed = await monitoring({}, { chart: join(folder, "monitoring-0.1.0.tgz") });
      assert.deepEqual(packed, await monitoring());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("the policy pack finds nothing, as in production", async () => {
    const request = {
      chart: join(charts, "monitoring"),
      name: "monitoring",
      namespace: "monitoring",
      values: {} as JsonObject,
      kubeVersion: "1.36",
    };
    const { verdict } = await evaluateChart(request, {
      profile: "prod",
      podSecurity: { level: "restricted", version: "latest" },
    });
    assert.deepEqual(verdict.findings, []);
  });
});
