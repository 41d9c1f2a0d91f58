import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { type ChartValues, migrationMode } from "../../systems/trevor/chart-values";
import { charts, helm, only, render } from "./support/helm";
import { trevor } from "./support/trevor";

const chart = join(charts, "trevor");
const read = (file: string): string => readFileSync(join(chart, file), "utf8");
const values = load(read("values.yaml")) as ChartValues;

/** Runs something on a copy of the charts, links kept, as a plain clone has them. */
async function inCopy(use: (chart: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "charts-"));
  try {
    cpSync(charts, folder, { recursive: true, verbatimSymlinks: true });
    await use(join(folder, "trevor"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("charts/trevor: files", () => {
  it("[TR-01] holds exactly its files, the schema of its values and the library", () => {
    const visible = (folder: string): string[] => readdirSync(join(chart, folder)).sort();
    assert.deepEqual(visible(""), ["Chart.yaml", "charts", "templates", "values.schema.json", "values.yaml"]);
    assert.deepEqual(visible("templates"), [
      "NOTES.txt",
      "_helpers.tpl",
      "deployment.yaml",
      "hpa.yaml",
      "ingress.yaml",
      "migration-job.yaml",
      "networkpolicy.yaml",
      "pdb.yaml",
      "service.yaml",
      "serviceaccount.yaml",
      "worker-deployment.yaml",
    ]);
    assert.deepEqual(visible("charts"), ["hardened"]);
  });

  it("[TR-02] names, labels, selectors and account come from named templates, each of them in use", async () => {
    const helpers = read("templates/_helpers.tpl");
    const defined = [...helpers.matchAll(/define "(.+?)"/g)].map(([, name]) => name as string);
    for (const name of ["name", "fullname", "chart", "labels", "selectorLabels", "serviceAccountName"])
      assert.ok(defined.includes(`trevor.${name}`), name);
    await inCopy(async (copy) => {
      const lines = defined.map((name) => `${JSON.stringify(name)}: {{ include ${JSON.stringify(name)} . | toJson }}`);
      writeFileSync(join(copy, "templates/said.yaml"), lines.join("\n"));
      const objects = await render({ chart: copy, release: "prod", namespace: "post" });
      const said = objects.find((object) => "trevor.name" in object) as unknown as Record<string, string>;
      const { metadata, spec } = only(objects, "Deployment", said["trevor.fullname"]);
      assert.equal(metadata.labels["app.kubernetes.io/name"], said["trevor.name"]);
      assert.equal(metadata.labels["helm.sh/chart"], said["trevor.chart"]);
      const labels = { ...(load(said["trevor.labels"] ?? "") as object), "app.kubernetes.io/component": "api" };
      assert.deepEqual(metadata.labels, labels);
      const selector = load(said["trevor.selectorLabels"] ?? "") as object;
      assert.deepEqual(spec.selector.matchLabels, { ...selector, "app.kubernetes.io/component": "api" });
      assert.equal(spec.template.spec.serviceAccountName, said["trevor.serviceAccountName"]);
    });
    const objects = await trevor({ fullnameOverride: "api-of-ours", nameOverride: "ours" });
    const deployment = only(objects, "Deployment", "api-of-ours");
    assert.equal(deployment.metadata.labels["app.kubernetes.io/name"], "ours");
    assert.equal(deployment.spec.template.spec.serviceAccountName, "api-of-ours");
  });

  it("names stay within 63 characters, whatever the release is called", async () => {
    const objects = await trevor({ networkPolicy: { enabled: true }, fullnameOverride: "n".repeat(70) });
    for (const { kind, metadata } of objects) assert.ok(metadata.name.length <= 63, `${kind} ${metadata.name}`);
    assert.equal(only(objects, "Job").metadata.name, `${"n".repeat(55)}-migrate`);
  });

  it("[TR-29] [TR-31] [TR-18] the defaults are the specified ones", () => {
    assert.equal(values.replicaCount, 1);
    assert.deepEqual([values.migrations.enabled, values.migrations.hookEnabled], [false, true]);
    assert.equal(migrationMode(values.migrations), "hook");
    const { enabled, ingressNamespace, monitoringNamespace } = values.networkPolicy;
    assert.deepEqual([enabled, ingressNamespace, monitoringNamespace], [false, "ingress-nginx", "monitoring"]);
    assert.deepEqual([values.service, values.containerPort], [{ type: "ClusterIP", port: 8000 }, 8000]);
    assert.deepEqual([values.ingress.enabled, values.autoscaling.enabled, values.worker.enabled], [false, false, true]);
    const { minReplicas, maxReplicas, targetCPUUtilizationPercentage } = values.autoscaling;
    assert.deepEqual([minReplicas, maxReplicas, targetCPUUtilizationPercentage], [1, 3, 80]);
    assert.deepEqual([values.env, values.envFromSecrets, values.serviceAccount.create], [{}, [], true]);
  });

  it("the chart and the type agree on who migrates, for every combination", async () => {
    for (const mode of ["", "hook", "init", "external", "none"] as const)
      for (const [enabled, hookEnabled] of [
        [false, false],
        [false, true],
        [true, false],
      ] as const) {
        const objects = await trevor({ migrations: { mode, enabled, hookEnabled } });
        const init = "initContainers" in only(objects, "Deployment", "trevor").spec.template.spec;
        const hook = objects.some(({ kind }) => kind === "Job");
        const wanted = migrationMode({ mode, enabled, hookEnabled });
        assert.deepEqual([hook, init], [wanted === "hook", wanted === "init"], `${mode} ${enabled} ${hookEnabled}`);
      }
  });

  it("every value is explained by a comment above it", () => {
    const lines = read("values.yaml").split("\n");
    const keys = lines.flatMap((line, index) => (/^\w+:/.test(line) ? [[line, lines[index - 1] ?? ""] as const] : []));
    assert.equal(keys.length, Object.keys(values).length);
    for (const [key, above] of keys) assert.match(above, /^# \S/, key);
  });

  it("[TR-33] renders from a plain clone; a broken template is found", async () => {
    await inCopy(async (copy) => {
      const { code, stderr } = await helm(["template", "trevor", copy]);
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /warning/i);
      writeFileSync(join(copy, "templates/broken.yaml"), "{{ include .Values }}\n");
      assert.notEqual((await helm(["lint", copy])).code, 0);
    });
  });

  it("[TR-14] a key that is there twice is never rendered, and would be seen", async () => {
    await assert.doesNotReject(trevor({ envFromSecrets: [{ secretName: "a" }, { secretName: "b" }] }));
    await inCopy(async (copy) => {
      const twice = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  envFrom: [a]\n  envFrom: [b]\n";
      writeFileSync(join(copy, "templates/twice.yaml"), twice);
      await assert.rejects(render({ chart: copy }), /duplicated mapping key/);
    });
  });

  it("[TR-45] without a tag, a digest and an appVersion there is no image, and Helm says so", async () => {
    await inCopy(async (copy) => {
      writeFileSync(join(copy, "Chart.yaml"), read("Chart.yaml").replace(/appVersion: .*\n/, ""));
      const { code, stderr } = await helm(["template", "trevor", copy]);
      assert.notEqual(code, 0);
      assert.match(stderr, /image\.tag and image\.digest are empty and the chart has no appVersion: set one of them/);
    });
  });

  it("says which clusters are too old for it", async () => {
    const { code, stderr } = await helm(["template", "trevor", chart, "--kube-version", "1.29"]);
    assert.notEqual(code, 0);
    assert.match(stderr, /requires kubeVersion: >=1\.30\.0-0 which is incompatible with Kubernetes v1\.29/);
  });
});
