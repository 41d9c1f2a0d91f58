import { strict as assert } from "node:assert";
import { deploymentText, evaluatedFiles, placesIn, resourcesText } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

/** A pod that says as a whole what its containers do not: their cgroup is a part of its own (KEP-2837, on since Kubernetes 1.34). */
describe("resources of a pod as a whole", function () {
  this.timeout(60_000);
  before(useHelm);
  const wholePod = deploymentText({ pod: resourcesText(6) });

  it("bound its containers", async () => {
    assert.deepEqual(placesIn(await evaluatedFiles({ "web.yaml": wholePod })), []);
    assert.deepEqual(
      placesIn(await evaluatedFiles({ "web.yaml": deploymentText({ container: resourcesText(10) }) })),
      [],
    );
  });

  it("do not on a cluster that drops the field", async () => {
    const report = await evaluatedFiles({ "web.yaml": wholePod }, { kubernetes: "1.33" });
    assert.deepEqual(placesIn(report), ["resources spec.template.spec.containers[0].resources:17"]);
    assert.equal(report.code, 1);
  });

  it("are missed where neither says anything", async () => {
    const found = placesIn(await evaluatedFiles({ "web.yaml": deploymentText() }));
    assert.deepEqual(found, ["resources spec.template.spec.containers[0].resources:16"]);
  });
});
