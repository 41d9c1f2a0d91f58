import { strict as assert } from "node:assert";
import { reportText } from "../../../operations/validation/check";
import { deploymentText, evaluatedFiles, resourcesText } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

/** kubectl takes a folder in which a file holds nothing but comments. */
describe("a file without an object", function () {
  this.timeout(60_000);
  before(useHelm);
  const app = deploymentText({ container: resourcesText(10) });
  const off = "# switched off\n# kind: ConfigMap\n";

  it("is told, and no failure beside others that are evaluated", async () => {
    for (const content of [off, "", "---\n---\n", "\ufeff# nothing\n"]) {
      const report = await evaluatedFiles({ "app.yaml": app, "off.yaml": content });
      assert.deepEqual([report.code, report.unjudged, report.empty?.length], [0, [], 1], JSON.stringify(content));
      assert.match(await reportText(report, { format: "human" }), /off\.yaml holds no object\n/);
    }
  });

  it("hides no violation of the others", async () => {
    const bad = app.replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false");
    assert.equal((await evaluatedFiles({ "app.yaml": bad, "off.yaml": off })).code, 1);
    assert.equal((await evaluatedFiles({ "app.yaml": "just: text\n", "off.yaml": off })).code, 2);
  });

  it("is no folder that is called like one: what is in it is evaluated", async () => {
    const bad = app.replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false").replaceAll("web", "api");
    const report = await evaluatedFiles({ "app.yaml": app, "api.yaml/api.yaml": bad });
    assert.deepEqual([report.code, report.unjudged, report.units.length], [1, [], 2]);
  });

  it("is a failure where nothing at all was evaluated", async () => {
    const alone = await evaluatedFiles({ "off.yaml": off, "more.yaml": "" });
    assert.deepEqual([alone.code, alone.unjudged.length, alone.empty], [2, 2, undefined]);
    assert.match(await reportText(alone, { format: "human" }), /off\.yaml could not be evaluated: nothing to evaluate/);
  });
});
