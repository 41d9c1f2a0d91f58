import assert from "node:assert/strict";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { RunToCompletion, type RunToCompletionArgs } from "../../components/run-to-completion";
import { registered, registrationOf } from "../support/doubles/registered-resources";

/** What a Job of one container registers. */
const made = async (more: Partial<RunToCompletionArgs> = {}) => {
  const all = await registered(() => {
    const namespace = new RestrictedNamespace("web", { name: "apps", system: "web", podSecurityVersion: "latest" });
    const pod = { restartPolicy: "Never", containers: [{ name: "setup" }] };
    new RunToCompletion("web-setup", { namespace, system: "web", component: "setup", pod, reads: [], ...more });
  });
  const inputs = <T>(type: string): T => registrationOf(all, `kubernetes:${type} web-setup`).inputs as T;
  return {
    pod: inputs<{ spec: { template: { metadata: object } } }>("batch/v1:Job").spec.template,
    egress: inputs<{ spec: { egress: object[] } }>("networking.k8s.io/v1:NetworkPolicy").spec.egress,
  };
};

describe("run-to-completion: a Job that is run again when its pod changes", () => {
  it("annotations reach the pod", async () => {
    const podAnnotations = { "example.com/changed": "now" };
    assert.deepEqual((await made({ podAnnotations })).pod.metadata, {
      labels: {
        "app.kubernetes.io/name": "web",
        "app.kubernetes.io/component": "setup",
        "app.kubernetes.io/managed-by": "pulumi",
      },
      annotations: podAnnotations,
    });
  });

  it("unless said otherwise there are no annotations, and the pod reaches cluster DNS alone", async () => {
    const { pod, egress } = await made();
    assert.deepEqual([Object.keys(pod.metadata), egress], [["labels"], []]);
  });
});
