import { strict as assert } from "node:assert";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failed, succeeded } from "../support/changes";
import { type TestProject, testProject } from "../support/test-project";

/** Rules that look from one object to another, as the engine asks them: once, at the end of a preview, about the whole program. */
describe("the verdict on a whole stack", () => {
  let project: TestProject;
  const template = (name: string): string => join(project.root, "charts/mailroom/templates", name);
  const scaler = (name: string): string => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: ${name}, labels: {app.kubernetes.io/name: mailroom, app.kubernetes.io/managed-by: Helm}}
spec:
  minReplicas: 1
  maxReplicas: 2
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: somewhere}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
`;
  const plain = ["preview", "--policy-pack", "policy/hardened-policy", "--non-interactive", "--stack"];
  const conflict =
    /HorizontalPodAutoscaler \S+\/second: spec\.scaleTargetRef must be its own, got the target of HorizontalPodAutoscaler \S+\/first too/;

  before(async () => {
    project = await testProject("verdict");
    succeeded(await project.pulumi(["stack", "init", project.stack, "--non-interactive"]));
  });
  after(() => project?.remove());

  it("a default-deny that the program makes beside its releases is seen by their pods", async () => {
    const { text } = succeeded(await project.hardened(["preview"]));
    assert.doesNotMatch(text, /default-deny-present/);
  });

  it("two autoscalers of one workload are refused at preview, by hardened and by plain pulumi", async () => {
    writeFileSync(template("first.yaml"), scaler("first"));
    writeFileSync(template("second.yaml"), scaler("second"));
    assert.match(failed(await project.hardened(["preview"])), conflict);
    assert.match(failed(await project.pulumi([...plain, project.stack])), conflict);
  });

  it("what is wrong with one object and what is wrong between two is told in one preview", async () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: weak}\nspec: {hostPID: true, containers: [{name: weak, image: "x:1"}]}\n';
    writeFileSync(template("weak.yaml"), pod);
    const text = failed(await project.hardened(["preview"]));
    assert.match(text, conflict);
    assert.match(text, /hostPID/);
    for (const name of ["first.yaml", "second.yaml", "weak.yaml"]) rmSync(template(name));
    succeeded(await project.hardened(["preview"]));
  });
});
