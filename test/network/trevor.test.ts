import { strict as assert } from "node:assert";
import type { Rendered } from "../charts/support/helm";
import { lets } from "../charts/support/network";
import { environments, trevor } from "../charts/support/trevor";
import { allowed, type End, everyConnection, neighbours, pod, podsOf, policiesOf, portsOf } from "./cluster";
import { stacks, trevorDeclared, trevorDestinations, trevorEnds } from "./declared";
import { type Destination, declaredEnds } from "./destinations";
import { goldenObjects } from "./goldens";
import { suiteJudge } from "./judge";

const own = ["trevor/trevor", "trevor/trevor-worker", "trevor/trevor-migrate"];
/** Like a destination in every way but one: its namespace's pod has another label. */
const decoys = [
  pod("elsewhere/stranger", "elsewhere", { "app.kubernetes.io/name": "stranger" }),
  pod("trevor/stranger", "trevor", { "app.kubernetes.io/name": "stranger" }),
];

/** Every connection that the values declare, and those of the two namespaces that may come in. */
function expected(destinations: Record<string, Destination>): string[] {
  const out = declaredEnds(destinations, "trevor").flatMap(({ lines }) => lines);
  const known = ["kube-system/dns TCP 53", "kube-system/dns UDP 53", "internet TCP 443", "internet-v6 TCP 443"];
  const into = ["ingress-nginx/controller", "monitoring/prometheus"].map((from) => `${from} → trevor/trevor TCP 8000`);
  return [...own.flatMap((from) => [...out, ...known].map((to) => `${from} → ${to}`)), ...into].sort();
}

describe("network: trevor, judged by cyclonus", function () {
  this.timeout(600_000);
  const judge = suiteJudge();

  for (const name of ["test", "staging", "prod"] as const) {
    it(`[TR-26] [TR-24] [TR-25] ${name}: exactly the declared connections pass, out and in`, async () => {
      const objects = await trevor(environments[name]);
      assert.deepEqual(
        podsOf(objects)
          .map((one) => one.name)
          .sort(),
        own.toSorted(),
      );
      const ends = declaredEnds(trevorDestinations, "trevor").map(({ end }) => end);
      const passing = await allowed(judge, objects, [...neighbours, ...decoys, ...ends]);
      assert.deepEqual(passing.sort(), expected(trevorDestinations));
    });
  }

  for (const stack of stacks) {
    it(`[TR-26] stack ${stack}: exactly the declared connections pass, also to its databases`, async () => {
      const objects = goldenObjects(stack).filter(({ kind, metadata }) =>
        /^trevor\b/.test(kind === "Namespace" ? metadata.name : (metadata.namespace ?? "")),
      );
      const passing = await allowed(judge, objects, [...neighbours, ...trevorEnds]);
      const names = podsOf(objects).filter(({ namespace }) => namespace.endsWith("-data"));
      const dns = names.flatMap(({ name }) => ["TCP", "UDP"].map((one) => `${name} → kube-system/dns ${one} 53`));
      assert.deepEqual(passing.sort(), [...trevorDeclared(stack), ...dns].sort());
    });
  }

  it("[TR-26] the seven destinations are the ones that were asked for", () => {
    const ports = Object.values(trevorDestinations).flatMap(({ port, protocols = ["TCP"] }) =>
      protocols.map((protocol) => `${protocol} ${port}`),
    );
    assert.deepEqual(ports.sort(), [
      "TCP 4317",
      "TCP 443",
      "TCP 53",
      "TCP 5432",
      "TCP 6379",
      "TCP 8080",
      "TCP 8333",
      "UDP 53",
    ]);
  });

  it("[TR-26] other destinations give another matrix", async () => {
    const destinations = {
      ...trevorDestinations,
      postgresql: { port: 6432, peers: [{ podSelector: { matchLabels: { app: "pooler" } } }] },
      mail: { port: 587, peers: [{ ipBlock: { cidr: "10.9.8.25/32" } }] },
    };
    const objects = await trevor({ networkPolicy: { enabled: true, destinations } });
    const ends = declaredEnds(destinations, "trevor").map(({ end }) => end);
    const passing = await allowed(judge, objects, [...neighbours, ...decoys, ...ends]);
    assert.deepEqual(passing.sort(), expected(destinations));
  });

  it("without the policies everything would pass: the judge does tell", async () => {
    const objects = (await trevor(environments.prod)).filter(({ kind }) => kind !== "NetworkPolicy");
    assert.ok((await allowed(judge, objects, neighbours)).includes("trevor/trevor → private-network TCP 22"));
  });

  it("the model of policies in test/charts says the same of every connection", async () => {
    const policies = policiesOf(await trevor(environments.prod)) as unknown as Rendered[];
    const objects = await trevor(environments.prod);
    const ends = declaredEnds(trevorDestinations, "trevor").map(({ end }) => end);
    const connections = everyConnection([...podsOf(objects), ...neighbours, ...decoys, ...ends], portsOf(objects));
    const verdicts = await judge(policies, connections);
    const other = (end: End) => (end.namespace === "" ? { address: end.ip } : end);
    const differing = connections.filter(({ from, to, port, protocol }, i) => {
      const [start, target] = [from as End, to as End];
      const at = `${protocol} ${port}`;
      const egress = start.namespace === "" || lets(policies, start, "Egress", other(target), at);
      const ingress = target.namespace === "" || lets(policies, target, "Ingress", other(start), at);
      return egress !== verdicts[i]?.egress || ingress !== verdicts[i]?.ingress;
    });
    assert.deepEqual(
      differing.map(({ title }) => title),
      [],
    );
    assert.ok(connections.length > 3000);
  });
});
