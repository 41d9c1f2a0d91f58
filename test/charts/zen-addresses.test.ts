import { strict as assert } from "node:assert";
import { useHelm } from "../policy/support/helm";
import { cidrs, repositories } from "../systems/zen/addresses";
import { only, type Rendered } from "./support/helm";
import { notesOf } from "./support/notes";
import { objectsOf, refusalOf, valuesOf } from "./support/zen-agent";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
const rolesIn = (objects: readonly Rendered[], namespace: string): Rule[] =>
  objects
    .filter(({ kind, metadata }) => kind === "Role" && (metadata.namespace ?? "zen") === namespace)
    .flatMap((role) => (role as unknown as { rules: Rule[] }).rules);

/** Lines of a refusal, without Helm's own words. */
const linesOf = async (...given: Parameters<typeof refusalOf>): Promise<string[]> =>
  (await refusalOf(...given)).split("\n").filter((line) => /^[a-z][\w.-]+(\[\d+\])? /.test(line));

describe("charts/zen-agent: addresses and namespaces", () => {
  before(useHelm);
  const notes = notesOf("zen-agent");

  for (const profile of ["gitops", "aws"] as const)
    it(`[ZN-22] [ZN-23] ${profile}: every network that is too wide or of the node itself is refused at once, by its key, in each list`, async () => {
      const given = cidrs.map(([cidr]) => cidr);
      const apiServer = { cidrs: given };
      const said = await linesOf(profile, {
        networkPolicy: { apiServer, saasCIDRs: given, gitCIDRs: given },
        "zen-watcher": { networkPolicy: { apiServer } },
      });
      for (const key of [
        "networkPolicy.apiServer.cidrs",
        "networkPolicy.saasCIDRs",
        "networkPolicy.gitCIDRs",
        "zen-watcher.networkPolicy.apiServer.cidrs",
      ])
        for (const [index, [cidr, wrong]] of cidrs.entries()) {
          const line = said.find((one) => one.startsWith(`${key}[${index}] (${cidr}) `));
          if (wrong === undefined) assert.equal(line, undefined, cidr);
          else assert.match(line ?? "nothing is said", wrong, cidr);
        }
      assert.equal(said.length, 4 * cidrs.filter(([, wrong]) => wrong).length, said.join("\n"));
    });

  it("[ZN-43] local enforces no egress, and refuses only what is no network", async () => {
    const apiServer = { cidrs: ["0.0.0.0/0"] };
    const networkPolicy = { enabled: true, apiServer, saasCIDRs: ["::/0", "256.0.0.1/32"] };
    const said = await linesOf("local", { networkPolicy });
    assert.deepEqual(said, [
      "networkPolicy.saasCIDRs[1] (256.0.0.1/32) is no network, or has bits set beyond its length; write an address with its length, such as 203.0.113.10/32",
    ]);
  });

  it("[ZN-05] a repository is https, a host and a path; anything else is refused at once, and not shown", async () => {
    const said = await linesOf("gitops", { gitops: { repositories: repositories.map(([address]) => address) } });
    assert.deepEqual(
      said.map((line) => Number(/^gitops\.repositories\[(\d+)\] is not https:\/\//.exec(line)?.[1])),
      repositories.flatMap(([, taken], index) => (taken ? [] : [index])),
    );
    assert.doesNotMatch(said.join("\n"), /hunter/);
  });

  it("[ZN-05] an agent that commits says where: any host would be shown its credentials", async () => {
    for (const profile of ["gitops", "aws"] as const) {
      const [line, ...more] = await linesOf(profile, { gitops: { repositories: [] } });
      assert.match(line ?? "", /^gitops\.repositories is empty while execution\.modes has gitops-immediate: .*such as/);
      assert.deepEqual(more, []);
    }
    const without = { gitops: { repositories: [] }, execution: { modes: ["ssa-immediate"] } };
    assert.ok(await objectsOf("gitops", without));
  });

  it("[ZN-24] [ZN-25] its own namespace is no target, named or not: there it changes its Lease and its records, and makes Events, alone", async () => {
    const [line, ...more] = await linesOf("aws", { rbac: { namespaces: ["shop", "zen"] } });
    assert.match(line ?? "", /^rbac\.namespaces\[1\] \(zen\) is the agent's own namespace: .*SOC2 CC6\.7/);
    assert.deepEqual(more, []);
    for (const namespaces of [[], ["shop"]]) {
      const objects = await objectsOf("aws", { rbac: { namespaces } });
      const changed = rolesIn(objects, "zen").filter(({ verbs }) => verbs.some((verb) => !/get|list|watch/.test(verb)));
      assert.deepEqual(
        [
          ...new Set(
            changed.flatMap(({ apiGroups, resources, verbs }) =>
              apiGroups[0] === "" ? [`${verbs} ${resources}`] : apiGroups,
            ),
          ),
        ].sort(),
        ["coordination.k8s.io", "create events", "zen.kube-zen.io"],
        "the watcher's included",
      );
      assert.deepEqual(rolesIn(objects, "shop").length > 0, namespaces.length > 0);
      const { env = [] } = only(objects, "Deployment", "zen-agent").spec.template.spec.containers[0];
      const told = env.find(({ name }) => name === "ZEN_AGENT_NAMESPACES")?.value;
      assert.equal(told, namespaces[0] ?? "zen", "no name would be every namespace");
    }
    assert.match(await notes(valuesOf("gitops")), /^WARNING: rbac\.namespaces is empty: the agent may change nothing/m);
  });
});
