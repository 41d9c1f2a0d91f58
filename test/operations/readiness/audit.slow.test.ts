import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audit, exitCodeOfAudit, formatAudit } from "../../../operations/readiness/audit";
import { areaOf, mappedRules } from "../../../operations/readiness/audit-areas";
import { isRelease, type ReleaseInputs } from "../../../operations/stack/release-inputs";
import { collect } from "../../../operations/validation/collect";
import { rules } from "../../../policy/evaluate/catalogue";
import { root } from "../../support/tree";

/** A chart with every gap an audit knows, as a beginner writes one. */
const bare = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: "nginx:latest"}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: idle}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: idle}, minReplicas: 0, maxReplicas: 3}
`;

describe("hardened audit", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "audit-"));
  const digest = `sha256:${"0a".repeat(32)}`;
  const values = join(folder, "values.yaml");
  const chart = join(folder, "bare");
  before(() => {
    mkdirSync(join(chart, "templates"), { recursive: true });
    writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: bare\nversion: 0.1.0\n");
    writeFileSync(join(chart, "values.yaml"), "database_password: Zq81nXv0Lk2\n");
    writeFileSync(join(chart, "templates", "all.yaml"), bare);
    writeFileSync(
      values,
      `existingSecret: account\nimage: {repository: ghcr.io/example/it, tag: 1.0.0, digest: "${digest}"}\n`,
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("[COS-39] shows gaps of a bare chart in every area: resources, probes, budget, security, digest, secrets, scaling, spread", async () => {
    const found = await audit([chart], { values: [] });
    const areas = new Set(found[0]?.gaps.map(({ area }) => area));
    for (const area of [
      "resources",
      "probes",
      "disruption budget",
      "security context",
      "image digest",
      "secrets",
      "scaling",
      "spread",
    ])
      assert.ok(areas.has(area as never), `${area}: ${[...areas].join()}`);
    assert.ok(found[0]?.gaps.some(({ got }) => got === "2 pods, no autoscaler and no recommender"));
    assert.equal(exitCodeOfAudit(found), 1);
    const text = formatAudit(found);
    assert.match(text, /probes +Deployment web +web +spec\.template\.spec\.containers\[0\]\.readinessProbe/);
    assert.doesNotMatch(text, /Zq81nXv0Lk2/);
  });

  it("[COS-39] is empty on the finished charts, with the values production gives them", async () => {
    const { resources } = await collect("prod");
    const releases = resources.filter(isRelease).map(({ inputs }) => inputs as unknown as ReleaseInputs);
    const evaluated: string[] = [];
    for (const { chart: name, values: given, namespace } of releases) {
      const file = join(folder, "release.json");
      writeFileSync(file, JSON.stringify(given));
      const found = await audit([join(root, name)], { values: [file], namespace });
      assert.deepEqual(
        found.flatMap(({ gaps, unjudged }) => [...gaps, ...(unjudged === undefined ? [] : [unjudged])]),
        [],
        name,
      );
      assert.equal(exitCodeOfAudit(found), 0);
      assert.match(formatAudit(found), /1 chart evaluated, 0 gaps$/);
      evaluated.push(name);
    }
    for (const name of ["mailroom", "service", "trevor"])
      assert.ok(
        evaluated.some((one) => one.endsWith(`charts/${name}`)),
        name,
      );
    const post = await audit([join(root, "charts/mail-server")], { values: [values] });
    assert.deepEqual(post[0]?.gaps, []);
  });

  it("a chart that does not render is no clean one", async () => {
    const found = await audit([join(root, "charts/mail-server")], { values: [] });
    assert.equal(exitCodeOfAudit(found), 2);
    assert.match(formatAudit(found), /existingSecret is empty.*\n0 charts evaluated, 0 gaps; 1 could not be evaluated/);
    await assert.rejects(audit([folder], { values: [] }), /is no chart folder/);
  });

  it("every rule an area names is one of the pack's, and no rule's findings are lost", () => {
    const known = rules.map(({ id }) => id);
    assert.deepEqual(
      mappedRules().filter((id) => !known.includes(id)),
      [],
    );
    assert.equal(areaOf("rbac-wildcards"), "rest");
  });
});
