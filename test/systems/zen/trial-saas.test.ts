import { strict as assert } from "node:assert";
import { neededCredentials } from "../../../systems/zen/credentials";
import { saasUrl } from "../../../systems/zen/saas-values";
import { agentValues, saasClient } from "../../../systems/zen/values";
import { aws, type Given, gitops, local, resolved } from "./configurations";

const trial: Given = { enabled: true, profile: "local", namespace: "zen-dev", trialSaas: true };

describe("systems/zen: a trial SaaS", () => {
  it("[ZN-42] [ZN-58] alone makes a whole agent: its address, who it serves and its token come with it", () => {
    const { value, mistakes } = resolved(trial);
    assert.deepEqual(mistakes, []);
    const values = agentValues(value, "token");
    assert.equal(values.saas.endpoint, "http://zen-saas.zen-dev-saas:8080");
    assert.equal(values.saas.endpoint, saasUrl(saasClient(value)));
    assert.deepEqual([values.tenant, values.cluster, values.tls.enabled], [{ id: "trial" }, { id: "zen-dev" }, false]);
    assert.deepEqual(neededCredentials(value), []);
    assert.equal(neededCredentials(resolved(local).value).length, 1);
  });

  it("agent and stand-in agree about tenant, cluster and version", () => {
    const agent = {
      tenant: { id: "acme" },
      cluster: { id: "shop-1" },
      image: { repository: "registry.example/team/zen-agent", tag: "1.2.3" },
    };
    const page = { trialSaasNodePort: 30_081, trialSaasNodeCIDRs: ["172.18.0.0/16"] };
    const { value } = resolved({ ...trial, ...page, agent });
    const { image, ...client } = saasClient(value);
    const about = { namespace: "zen-dev", tenant: "acme", cluster: "shop-1" };
    assert.deepEqual(client, { ...about, nodePort: 30_081, nodeCIDRs: ["172.18.0.0/16"] });
    assert.deepEqual([image.repository, image.tag], [agent.image.repository, "1.2.3"]);
  });

  it("[ZN-21] its page, which has no login, is for the networks that are named, and those are no wide ones", () => {
    const open = { ...trial, trialSaasNodePort: 30_081 };
    assert.match(
      resolved(open).mistakes.join("\n"),
      /^trialSaasNodeCIDRs: missing while trialSaasNodePort is 30081: .*kubectl get nodes/,
    );
    const [first = "", second = "", ...more] = resolved({
      ...open,
      trialSaasNodeCIDRs: ["0.0.0.0/0", "172.18.0.0/16", "10.0.0.0/8"],
    }).mistakes;
    assert.match(first, /^trialSaasNodeCIDRs\[0\]: 0\.0\.0\.0\/0 is wider than \/16/);
    assert.match(second, /^trialSaasNodeCIDRs\[2\]: 10\.0\.0\.0\/8 is wider than \/16/);
    assert.deepEqual(more, []);
  });

  it("is refused outside of profile local, without the agent, and beside another SaaS", () => {
    for (const [given, words] of [
      [gitops, /^trialSaas: true, and profile is gitops: the stand-in is for evaluation/m],
      [aws, /^trialSaas: true, and profile is aws: the stand-in is for evaluation/m],
      [{ ...trial, agent: { enabled: false } }, /^trialSaas: true, and agent\.enabled is false/m],
      [local, /^trialSaas: true, and agent\.saas\.endpoint is set, which is for another SaaS/m],
      [{ ...trial, agent: { saas: { existingSecret: "one" } } }, /agent\.saas\.existingSecret is set/],
    ] as const)
      assert.match(resolved({ ...given, trialSaas: true }).mistakes.join("\n"), words);
  });
});
