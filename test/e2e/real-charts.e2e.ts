import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { renderChart } from "../../policy/render/render";
import { useHelm } from "../policy/support/helm";
import { helmTemplate, requestOf } from "../policy/support/helm-template";
import { evaluated, platformParts } from "../support/platform-part";
import { layOut, realCharts } from "../support/real-charts";
import { sha256 } from "../support/registry/cosign";

/** Slowest evaluation of one chart that is still no sign of runaway work, in milliseconds, on a busy machine. */
const limit = 20_000;

describe("charts of other projects", function () {
  this.timeout(300_000);
  let scratch: string;

  before(() => {
    useHelm();
    scratch = mkdtempSync(join(tmpdir(), "real-charts-"));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it("are at least ten", () => assert.ok(realCharts.length >= 10));

  for (const chart of realCharts) {
    it(`${chart.module} ${chart.folder}: the text of helm template to the byte, every object read, evaluated in time`, async () => {
      const request = requestOf(await layOut(chart, scratch), { ...chart.values });
      const expected = helmTemplate(request);
      assert.equal((await renderChart(request)).text, expected);
      const start = performance.now();
      const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
      const { verdict, manifests } = await evaluateChart(request, context);
      assert.ok(performance.now() - start < limit, `${performance.now() - start} ms`);
      const documents = loadAll(expected).filter((document) => document !== null && document !== undefined);
      assert.deepEqual(
        manifests.map(({ object }) => object.kind),
        documents.flatMap((document) => kindsOf(document as KubernetesObject)),
      );
      assert.equal(verdict.objects, manifests.length);
      for (const { object, field, want } of verdict.findings) assert.ok(object.kind && field && want);
    });
  }

  for (const part of platformParts) {
    it(`${part.name}: the values of charts/examples/platform pass every rule but those it is for`, async () => {
      const image = { repository: "registry.example.com/part", tag: `1.0.0@${sha256("part")}` };
      const images = (part.programs ?? [part.tool]).map(() => image);
      const { verdict } = await evaluated(part, images, scratch);
      assert.deepEqual(
        verdict.findings.map(({ rule }) => rule),
        part.left ?? [],
      );
      const exempted = new Set((verdict.exempted ?? []).map(({ finding }) => finding.rule));
      assert.deepEqual([...exempted].sort(), Object.keys(part.exempt).sort());
    });
  }
});

interface KubernetesObject {
  readonly kind: string;
  readonly items?: readonly KubernetesObject[];
}

const kindsOf = ({ kind, items }: KubernetesObject): string[] =>
  kind.endsWith("List") && items ? items.flatMap(kindsOf) : [kind];
