import { strict as assert } from "node:assert";
import { controlAddress, nodes } from "../../cluster/local/addresses";
import {
  address,
  type End,
  everyConnection,
  type KubernetesObject,
  neighbours,
  pod,
  podsOf,
  policiesOf,
  portsOf,
} from "../network/cluster";
import {
  companyosDeclared,
  companyosDestinations,
  mailroomDeclared,
  platformOf,
  stacks,
  trevorDeclared,
  trevorEnds,
} from "../network/declared";
import { goldenObjects } from "../network/goldens";
import { suiteJudge } from "../network/judge";
import { endPod, type RunningEnds, renamed, standingIn, startEnds, type Trial } from "../network/running-ends";
import { apply, cluster, type KubeObject, kubectl, object } from "../support/e2e-cluster";
import { eventually } from "../support/run";

/** The policies of every stack, enforced: each connection that cyclonus judges on paper in test/network is tried between running pods. */

const objects = stacks.flatMap((stack) => goldenObjects(stack));
const policies = policiesOf(objects);
const byName = (ends: readonly End[]): End[] => [...new Map(ends.map((end) => [end.name, end])).values()];
/** The cluster has no IPv6. */
const others = byName([
  ...neighbours,
  ...stacks.flatMap((stack) => companyosDestinations(platformOf(stack))),
  ...trevorEnds,
]).filter(({ ip }) => !ip.includes(":"));
const client = pod("policies/client", "policies", { role: "client" });
const server = pod("policies/server", "policies", { role: "server" });
const stranger = pod("policies/stranger", "policies", { role: "stranger" });
const own = podsOf(objects);
const ports = portsOf(objects);

type Service = KubeObject & {
  readonly spec: { readonly clusterIP: string; readonly ports: readonly [{ readonly nodePort: number }] };
};
const policy = (name: string, spec: object): KubernetesObject & { readonly apiVersion: string } => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace: renamed("policies") },
  spec,
});

describe("NetworkPolicies on the local cluster", function () {
  this.timeout(300_000);
  const judge = suiteJudge();
  let running: RunningEnds;
  const live = ({ name }: End): End => running.ends.find((end) => end.name === name) as End;
  const trial = (from: End, to: End, port = 8080, protocol: "TCP" | "UDP" = "TCP"): Trial => ({
    from: live(from),
    to: live(to),
    port,
    portName: to.portNames.get(port) ?? "",
    protocol,
    title: `${from.name} → ${to.name} ${protocol} ${port}`,
  });
  const answers = async (one: Trial): Promise<boolean> => (await running.reach([one]))[0] === one.to.name;
  const passes = (from: End, to: End, port?: number, ip = live(to).ip): Promise<boolean> =>
    answers({ ...trial(from, to, port), to: { ...live(to), ip } });
  const becomes = (isOpen: boolean, from: End, to: End, port?: number): Promise<unknown> =>
    eventually(
      `${from.name} → ${to.name} ${isOpen ? "is made" : "is refused"}`,
      async () => (await passes(from, to, port)) === isOpen,
      20_000,
    );

  before(async () => {
    await cluster();
    const labels = new Map(
      objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
    );
    running = await startEnds([...own, ...others, client, server, stranger], ports, labels);
  });
  after(() => running?.stop());

  const three = [client, server, stranger];
  const between = three.flatMap((from) => three.filter((to) => to !== from).map((to) => [from, to] as const));
  const peer = (role: string) => [{ podSelector: { matchLabels: { role } } }];
  const selecting = (role: string) => ({ podSelector: { matchLabels: { role } } });
  const tcp = [{ protocol: "TCP", port: 8080 }];

  it("without a policy every connection is made, with one that denies all none, and then exactly what is allowed", async () => {
    for (const [from, to] of between) await becomes(true, from, to); // an end runs before it listens
    await apply([policy("deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] })]);
    for (const [from, to] of between) await becomes(false, from, to); // each node applies it by itself
    for (const [from, to] of between) assert.ok(!(await passes(from, to)), `${from.name} → ${to.name}`);
    await apply([
      policy("out", { ...selecting("client"), policyTypes: ["Egress"], egress: [{ to: peer("server"), ports: tcp }] }),
      policy("in", {
        ...selecting("server"),
        policyTypes: ["Ingress"],
        ingress: [{ from: peer("client"), ports: tcp }],
      }),
    ]);
    await becomes(true, client, server);
    for (const [from, to] of between) assert.equal(await passes(from, to), from === client && to === server, to.name);
    assert.ok(!(await passes(client, server, 443)));
  });

  it("a Service lets through whom its pods let in; the kubelet's probes pass", async () => {
    const spec = { type: "NodePort", selector: { role: "server" }, ports: [{ port: 80, targetPort: 8080 }] };
    const metadata = { name: "server", namespace: renamed("policies") };
    await apply([{ apiVersion: "v1", kind: "Service", metadata, spec }]);
    // Ready under a policy that lets nobody in but the client: the node itself may.
    await kubectl(["wait", "-n", renamed("policies"), "--for=condition=Ready", "pod/policies-server", "--timeout=60s"]);
    const { clusterIP } = (await object<Service>("service", "server", "-n", renamed("policies"))).spec;
    await eventually("the Service leads to the server", () => passes(client, server, 80, clusterIP));
    assert.ok(!(await passes(stranger, server, 80, clusterIP)));
  });

  it("what comes from the control plane needs a rule for its address: calls of webhooks, and what enters at a node's port", async () => {
    const { ports: open } = (await object<Service>("service", "server", "-n", renamed("policies"))).spec;
    const node = nodes.find(({ name }) => name === running.nodeOf(live(server)))?.address ?? "";
    const api = { ...live(stranger), ...address("API server", controlAddress) };
    const direct = (): Promise<boolean> => answers({ ...trial(stranger, server), from: api });
    const byPort = (): Promise<boolean> =>
      answers({ ...trial(stranger, server, open[0].nodePort), from: api, to: { ...live(server), ip: node } });
    assert.deepEqual([await direct(), await byPort()], [false, false]);
    const from = [{ ipBlock: { cidr: `${controlAddress}/32` } }];
    await apply([
      policy("webhook", { ...selecting("server"), policyTypes: ["Ingress"], ingress: [{ from, ports: tcp }] }),
    ]);
    await eventually("the API server reaches the server", direct);
    assert.ok(await byPort());
    assert.ok(!(await passes(stranger, server)));
  });

  it("a new pod's first connections are judged as all later ones, on either node", async () => {
    const tried = [server, stranger]
      .map((to) => JSON.stringify({ ip: live(to).ip, port: 8080, protocol: "TCP" }))
      .join("\n");
    for (const [index, { name: node }] of [...nodes, ...nodes, ...nodes].entries()) {
      const end = pod(`policies/new-${index}`, "policies", { role: "client" });
      await apply([endPod(end, running.image, node, ["first", end.name, "", "8080", tried])]);
      const logs = (): Promise<string> =>
        kubectl(["logs", "-n", renamed("policies"), `policies-new-${index}`]).catch(() => "");
      const [line = ""] = (
        await eventually("it has tried", async () => (await logs()).includes("answering") && (await logs()))
      ).split("\n");
      const [allowed, denied] = JSON.parse(line) as string[];
      assert.equal(allowed, server.name, `${node}, pod ${index}`);
      assert.match(denied ?? "", /^!/, `${node}, pod ${index}`);
    }
  });

  it("[MR-51] [TR-26] [TR-24] [TR-25] of all systems of all stacks exactly those connections are made that the judge lets pass", async () => {
    const [mine, near] = [own.map(live), others.map(live)];
    const tried = everyConnection([...mine, ...near], ports)
      .filter(({ from, to }) => mine.includes(from as End) || mine.includes(to as End))
      .map((one) => one as Trial);
    // With the policies of no system yet: whatever is refused below is refused by them.
    const open = tried.filter(({ port, protocol }) => port === 8080 && protocol === "TCP");
    assert.deepEqual(await differing(open, () => true), []);
    await apply(policies.map(standingIn));
    const verdicts = await judge(policies.map(standingIn), tried);
    const made = new Set(tried.filter((_, at) => verdicts[at]?.egress && verdicts[at]?.ingress));
    const titles = new Set([...made].map(({ title }) => title));
    for (const stack of stacks)
      for (const line of [
        ...mailroomDeclared[stack],
        ...companyosDeclared(platformOf(stack)),
        ...trevorDeclared(stack),
      ])
        assert.ok(titles.has(line) || line.includes("internet-v6"), line);
    const nodePairs = new Set([...made].map(({ from, to }) => `${running.nodeOf(from)} ${running.nodeOf(to)}`));
    for (const from of nodes) for (const to of nodes) assert.ok(nodePairs.has(`${from.name} ${to.name}`));
    assert.ok(made.size > 100 && tried.length > 10 * made.size, `${made.size} of ${tried.length}`);
    assert.deepEqual(await differing(tried, (one) => made.has(one)), []);
  });

  /** Connections whose end is another than expected; what takes its time on a busy machine gets more of it. */
  async function differing(trials: readonly Trial[], isMade: (trial: Trial) => boolean): Promise<string[]> {
    let left = trials;
    let answers: string[] = [];
    for (let round = 0; round < 6 && left.length > 0; round++) {
      answers = await running.reach(left);
      const wrong = left.filter((one, at) => (answers[at] === one.to.name) !== isMade(one));
      answers = answers.filter((_, at) => wrong.includes(left[at] as Trial));
      left = wrong;
    }
    return left.map(({ title }, at) => `${title}: ${answers[at]}`);
  }
});
