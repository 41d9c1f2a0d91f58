import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { load } from "js-yaml";
import { projectRoot } from "../../config/project";
import type { JsonObject } from "../../policy/contract";
import { blocking } from "../../policy/evaluate/evaluate";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { profiles } from "../../policy/evaluate/profiles";
import { policySettings } from "../../policy/settings/settings-schema";
import { granted } from "./support/floe";
import { charts, helm } from "./support/helm";

/** What a stack adds to an overlay: the digests of its images. */
const ofTheStack = ["image-digest", "image-tag-forbidden"];
/** Exemptions a stack grants to a chart, as the chart's README.md has them; each is for one rule and one object. */
const exemptions: Readonly<Record<string, typeof granted>> = { "floe-platform": granted };

/** What the cluster of an overlay has to serve beside Kubernetes itself, as the chart's README.md has it. */
const served: Readonly<Record<string, readonly string[]>> = {
  "floe-platform/values-prod.yaml": ["postgresql.cnpg.io/v1"],
};

/** Everything that is wrong with a chart's overlay: what helm lint says, which asks values.schema.json too, and the rules it breaks in its environment. */
async function overlayFaults(chart: string, file: string): Promise<string[]> {
  const { code, stdout, stderr } = await helm(["lint", "--strict", chart, "-f", file], {});
  if (code !== 0) return [`${stdout}${stderr}`];
  const [, overlay = ""] = /values-(.*)\.yaml$/.exec(file) ?? [];
  const profile = profiles.find((one) => one === overlay) ?? "dev";
  const values = (load(readFileSync(file, "utf8")) ?? {}) as JsonObject;
  const podSecurity = { level: "restricted" as const, version: "latest" };
  const apiVersions = served[join(basename(chart), basename(file))] ?? [];
  const request = { chart, name: "trial", namespace: "trial", values, kubeVersion: "1.36", apiVersions };
  const settings = policySettings.parse({ exemptions: exemptions[basename(chart)] });
  const { verdict } = await evaluateChart(request, { profile, podSecurity, settings, now: new Date() });
  const broken = blocking(verdict, profile).filter(({ rule }) => !ofTheStack.includes(rule));
  return broken.map(({ rule, object, field }) => `${rule}: ${object.kind} ${object.name} ${field}`);
}

describe("[FL-95] overlays of charts: lint, schema and policy", () => {
  const overlays = readdirSync(charts).flatMap((name) =>
    existsSync(join(charts, name, "Chart.yaml"))
      ? readdirSync(join(charts, name))
          .filter((file) => /^values-.*\.yaml$/.test(file))
          .map((file) => [name, file] as const)
      : [],
  );
  for (const [name, file] of overlays)
    it(`${name}/${file}`, async () => {
      assert.deepEqual(await overlayFaults(join(charts, name), join(charts, name, file)), []);
    });

  it("a wrong one is found: a key the schema does not know, and a container that is not hardened", async () => {
    const scratch = mkdtempSync(join(tmpdir(), "hardened-overlay-"));
    try {
      const file = join(scratch, "values-prod.yaml");
      writeFileSync(file, "noSuchKey: 1\n");
      assert.match(String(await overlayFaults(join(charts, "datastores"), file)), /noSuchKey/);
      writeFileSync(file, "allowPrivilegeEscalation: true\n");
      const good = join(projectRoot, "test/policy/fixtures/charts/good");
      assert.match(String(await overlayFaults(good, file)), /^allow-privilege-escalation: Deployment trial /);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
