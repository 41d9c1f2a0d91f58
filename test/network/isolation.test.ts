import { strict as assert } from "node:assert";
import { stackNames } from "../../operations/stack/stack-file";
import { allowed, type KubernetesObject, podsOf, policiesOf } from "./cluster";
import { goldenObjects } from "./goldens";
import { suiteJudge } from "./judge";

/** Every connection there is between two namespaces of ours, all stacks on one cluster: a system's parts, never two systems or two stages. */
const across = [
  "mailroom-dev/mailroom → mailroom-dev-mail/mail-server TCP 8080",
  "mailroom-dev/mailroom-setup → mailroom-dev-mail/mail-server TCP 8080",
  "trevor-dev/trevor → trevor-dev-data/datastores-postgresql TCP 5432",
  "trevor-dev/trevor → trevor-dev-data/datastores-redis TCP 6379",
  "trevor-dev/trevor-worker → trevor-dev-data/datastores-postgresql TCP 5432",
  "trevor-dev/trevor-worker → trevor-dev-data/datastores-redis TCP 6379",
];

describe("network: all stacks on one cluster, judged by cyclonus", function () {
  this.timeout(600_000);
  const objects = stackNames().flatMap(goldenObjects);
  const judge = suiteJudge();

  const namespaceOf = (end = ""): string => end.split("/")[0] as string;
  const between = async (some: readonly KubernetesObject[]): Promise<string[]> =>
    (await allowed(judge, some, []))
      .filter((line) => {
        const [from, to] = line.split(" → ");
        return namespaceOf(from) !== namespaceOf(to);
      })
      .sort();

  it("[TR-26] [MR-51] exactly the declared connections pass between namespaces", async () =>
    assert.deepEqual(await between(objects), across));

  it("every pod is under a policy for both directions", () => {
    const policies = policiesOf(objects) as unknown as {
      metadata: { namespace: string };
      spec: { podSelector: { matchLabels?: object }; policyTypes: string[] };
    }[];
    for (const { name, namespace } of podsOf(objects)) {
      const all = policies.filter(
        ({ metadata, spec }) => metadata.namespace === namespace && Object.keys(spec.podSelector).length === 0,
      );
      assert.deepEqual([...new Set(all.flatMap(({ spec }) => spec.policyTypes))].sort(), ["Egress", "Ingress"], name);
    }
  });

  it("without the policies of two namespaces these reach each other: the judge does tell", async () => {
    const passing = await between(
      objects.filter(({ kind, metadata }) => kind !== "NetworkPolicy" || !/^companyos/.test(metadata.namespace ?? "")),
    );
    assert.ok(passing.includes("companyos-dev/catalog → companyos/accounts TCP 8080"));
  });
});
