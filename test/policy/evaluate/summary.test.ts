import { strict as assert } from "node:assert";
import { chartSummary } from "../../../policy/evaluate/summary";
import { useHelm } from "../support/helm";
import { image } from "../support/pod";
import { scratchCharts } from "../support/scratch-charts";

describe("the summary of a chart", function () {
  this.timeout(60_000);
  before(useHelm);
  const charts = scratchCharts();

  it("has the images of every pod that is evaluated, those of the project's own kinds among them", async () => {
    const run = { apiVersion: "batch.example.com/v1", kind: "BatchRun", metadata: { name: "run" } };
    const template = {
      spec: { initContainers: [{ name: "init", image: "web:1" }], containers: [{ name: "web", image }] },
    };
    const chart = charts.written({ "templates/run.yaml": JSON.stringify({ ...run, spec: { steps: [{ template }] } }) });
    const podKinds = [{ group: "batch.example.com", kind: "BatchRun", path: "spec.steps.*.template" }];
    const of = (policy: object) =>
      chartSummary(
        { chart, name: "web", namespace: "apps", values: {} },
        { environment: "prod", policy },
        charts.folder,
      );
    const { images, manifest } = await of({ podKinds });
    assert.equal(manifest.pods, 1);
    assert.deepEqual(images, [
      { object: "BatchRun/run", container: "init", image: "web:1", digest: null },
      { object: "BatchRun/run", container: "web", image, digest: image.split("@")[1] },
    ]);
    const without = await of({});
    assert.deepEqual([without.manifest.pods, without.images], [0, []]);
  });
});
