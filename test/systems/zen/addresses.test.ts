import { strict as assert } from "node:assert";
import { zenAgentRemediation } from "../../../systems/zen/crds/zen-agent-remediation";
import { cidrs, repositories } from "./addresses";
import { aws, type Given, gitops, local, resolved } from "./configurations";

const withAgent = (base: Given, change: Given): Given => ({ ...base, agent: { ...(base.agent as Given), ...change } });
const mistakes = (given: Given): string[] => [...resolved(given).mistakes];
const policyOf = (base: Given): Given => (base.agent as Given).networkPolicy as Given;

describe("systems/zen: addresses", () => {
  for (const base of [gitops, aws])
    it(`[ZN-22] [ZN-23] ${base.profile}: every network that is too wide or of the node itself is refused at once, by its key, in each list`, () => {
      const given = cidrs.map(([cidr]) => cidr);
      const apiServer = { cidrs: given };
      const all = {
        ...withAgent(base, { networkPolicy: { ...policyOf(base), apiServer, saasCIDRs: given, gitCIDRs: given } }),
        watcher: { networkPolicy: { apiServer } },
      };
      const found = mistakes(all);
      for (const key of [
        "agent.networkPolicy.apiServer.cidrs",
        "agent.networkPolicy.saasCIDRs",
        "agent.networkPolicy.gitCIDRs",
        "watcher.networkPolicy.apiServer.cidrs",
      ])
        for (const [index, [cidr, wrong]] of cidrs.entries()) {
          const line = found.find((one) => one.startsWith(`${key}[${index}]: `));
          if (wrong === undefined) assert.equal(line, undefined, cidr);
          else assert.match(line ?? "nothing is said", wrong, cidr);
        }
      assert.equal(found.length, 4 * cidrs.filter(([, wrong]) => wrong).length);
      assert.match(found.join("\n"), /name the addresses of the Git server, several where there are several/);
    });

  it("[ZN-43] local enforces no egress, and refuses only what is no network", () => {
    const networkPolicy = { enabled: true, saasCIDRs: ["0.0.0.0/0", "256.0.0.1/32"] };
    assert.deepEqual(mistakes(withAgent(local, { networkPolicy })), [
      "agent.networkPolicy.saasCIDRs[1]: 256.0.0.1/32 is no network, or has bits set beyond its length; write an address with its length, such as 203.0.113.10/32",
    ]);
  });

  for (const [address, taken] of repositories)
    it(`[ZN-05] the repository ${JSON.stringify(address)} is ${taken ? "taken" : "refused, and not shown"}`, () => {
      const found = mistakes(withAgent(gitops, { gitops: { repositories: ["https://git.example.com/a/", address] } }));
      assert.equal(found.length, taken ? 0 : 1, found.join("\n"));
      if (taken) return;
      assert.match(found[0] ?? "", /^agent\.gitops\.repositories\[1\]: expected https:\/\/, a host and a path/);
      assert.doesNotMatch(found[0] ?? "", /hunter/);
    });

  it("[ZN-05] a kind takes the same repositories as the configuration", () => {
    const { gitops: place } = zenAgentRemediation.spec.properties as { gitops: { properties: { repository: object } } };
    const { pattern } = place.properties.repository as { pattern: string };
    for (const [address, taken] of repositories) assert.equal(new RegExp(pattern).test(address), taken, address);
  });

  it("[ZN-05] an agent that commits says where: any host would be shown its credentials", () => {
    for (const base of [gitops, aws]) {
      const none = withAgent(base, { gitops: { existingSecret: "git" } });
      const found = mistakes(none);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(
        found[0] ?? "",
        /^agent\.gitops\.repositories: missing while agent\.execution\.modes has gitops-imm/,
      );
      assert.match(found[0] ?? "", /such as \[https:\/\/git\.example\.com\/shop\/\]$/);
      assert.deepEqual(mistakes(withAgent(none, { execution: { modes: ["ssa-immediate"] } })), []);
    }
  });

  it("[ZN-25] its own namespace is no target: a remediation could open the policy that holds the agent", () => {
    const rbac = { namespaces: ["shop", "zen-system"] };
    const found = mistakes({ ...withAgent(aws, { rbac }), namespace: "zen-system" });
    assert.equal(found.length, 1);
    assert.match(
      found[0] ?? "",
      /^agent\.rbac\.namespaces\[1\]: zen-system is the agent's own namespace: .*SOC2 CC6\.7/,
    );
    assert.deepEqual(mistakes(withAgent(aws, { rbac })), []);
  });

  it("[ZN-34] an empty id gives the same message as a missing one", () => {
    for (const part of ["tenant", "cluster"]) {
      const { [part]: _, ...without } = gitops.agent;
      const said = `agent.${part}.id: missing; the SaaS says the ${part}'s id when a cluster is registered`;
      for (const agent of [without, { ...without, [part]: {} }, { ...without, [part]: { id: "" } }])
        assert.deepEqual(mistakes({ ...gitops, agent }), [said]);
    }
  });
});
