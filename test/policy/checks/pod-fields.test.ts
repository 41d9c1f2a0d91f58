import { strict as assert } from "node:assert";
import type { JsonObject } from "../../../policy/contract";
import { blocking, evaluate } from "../../../policy/evaluate/evaluate";
import { messageOf } from "../../../policy/message";
import { container, deployment, podSpec, prod } from "../support/pod";

const evaluated = (spec: JsonObject) => evaluate([deployment(spec)], prod);
const refusals = (spec: JsonObject) => evaluated(spec).findings.filter(({ rule }) => rule === "pod-fields");

describe("pod-fields", () => {
  it("[MR-33] has nothing against fields of the right type", () => assert.deepEqual(refusals(podSpec()), []));

  it("[MR-33] refuses a field of the wrong type, with its place and both types", () => {
    const [finding, ...others] = refusals(podSpec({ hostNetwork: "no" }));
    assert.ok(finding);
    assert.deepEqual(others, []);
    assert.equal(finding.field, "spec.template.spec.hostNetwork");
    assert.match(
      messageOf(finding),
      /Deployment apps\/web: spec\.template\.spec\.hostNetwork must be true or false, got a string/,
    );
  });

  it("[MR-33] refuses it in production, and names several at once", () => {
    const verdict = evaluated(podSpec({ hostPID: 1, containers: [container({ ports: [{ hostPort: "80" }] })] }));
    const fields = blocking(verdict, "prod").flatMap(({ rule, field }) => (rule === "pod-fields" ? [field] : []));
    assert.deepEqual(fields.sort(), [
      "spec.template.spec.containers[0].ports[0].hostPort",
      "spec.template.spec.hostPID",
    ]);
  });
});
