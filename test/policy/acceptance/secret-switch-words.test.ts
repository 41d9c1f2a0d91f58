import { strict as assert } from "node:assert";
import { deploymentText, evaluatedFiles, placesIn, resourcesText } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

/** A word that switches something is no credential, whatever the variable is called: Bitnami's images document `ALLOW_EMPTY_PASSWORD=yes`. */
describe("switches under names of credentials", function () {
  this.timeout(60_000);
  before(useHelm);

  const said = async (values: readonly string[]) => {
    const env = values.map((value, index) => `{name: T${index}_PASSWORD, value: ${JSON.stringify(value)}}`);
    const container = `${resourcesText(10)}          env: [${env.join(", ")}]\n`;
    const report = await evaluatedFiles({ "shop.yaml": deploymentText({ container }) });
    assert.deepEqual(report.unjudged, []);
    return placesIn(report);
  };

  it("are passed, in any case", async () => {
    const switches = [
      "yes",
      "No",
      "ON",
      "off",
      "0",
      "1",
      "true",
      "FALSE",
      "F",
      "y",
      "n",
      "enabled",
      "Disabled",
      "None",
    ];
    assert.deepEqual(await said([...switches, "null", "auto", "N/A", "-"]), []);
  });

  it("are told from what only begins like one, and from passwords everybody knows", async () => {
    const values = ["yes!", "01", "noon", "changeme", "hunter2", "4711"];
    assert.equal((await said(values)).filter((place) => place.startsWith("secret-in-values ")).length, values.length);
  });
});
