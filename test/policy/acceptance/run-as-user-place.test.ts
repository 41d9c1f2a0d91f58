import { strict as assert } from "node:assert";
import { deploymentText, evaluatedFiles, placesIn, resourcesText } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

/** What a container takes over from its pod is told where it is written. */
describe("the place of a value that is the pod's", function () {
  this.timeout(60_000);
  before(useHelm);
  const field = "spec.template.spec.securityContext.runAsUser";
  const user = "runAsUser: 0";

  it("is the pod's field and line, for both rules about the user", async () => {
    const report = await evaluatedFiles({ "web.yaml": deploymentText({ user, container: resourcesText(10) }) });
    assert.deepEqual(placesIn(report), [`run-as-user ${field}:12`, `run-as-user-numeric ${field}:12`]);
  });

  it("is the container's where that has a user of its own", async () => {
    const own = deploymentText({ user, container: resourcesText(10) }).replace(
      "securityContext:\n            allow",
      "securityContext:\n            runAsUser: 0\n            allow",
    );
    const at = "spec.template.spec.containers[0].securityContext.runAsUser:19";
    assert.deepEqual(placesIn(await evaluatedFiles({ "web.yaml": own })), [
      `run-as-user ${field}:12`,
      `run-as-user ${at}`,
      `run-as-user-numeric ${at}`,
    ]);
  });
});
