import { strict as assert } from "node:assert";
import type { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { registryName } from "../../cluster/local/addresses";
import { apiGet } from "../../cluster/local/api";
import { only, type Rendered, render } from "../charts/support/helm";
import { heldBy, isTrusted, kept } from "../support/addons/certificates";
import { canary } from "../support/canaries";
import { section } from "../support/documents/document";
import { apply, instance, type KubeObject, kubectl, livePods, object } from "../support/e2e-cluster";
import { forward } from "../support/network/forward";
import { certManager, installPart, removePart } from "../support/platform-part";
import { eventually } from "../support/run";
import { removeZenKinds } from "../support/zen/zen-project";
import {
  apiServerAddress,
  applyZenKinds,
  outside,
  restricted,
  rolledOut,
  type SaasState,
  saasAdmin,
  secret,
  zenImages,
} from "../support/zen/zen-saas";

/** Requests that are counted, and certificates that each agent and the SaaS show meanwhile, at least. */
const requests = 2000;
const certificates = 4;

/** Agents, each a release with a Certificate of its own: one asks no more than once a second. */
const releases = Array.from({ length: 10 }, (_, n) => `zen-agent-${n + 1}`);

type Pod = KubeObject & {
  readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
};

const serialOf = (certificate: X509Certificate): string => BigInt(`0x${certificate.serialNumber}`).toString(16);
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** Certificates that cert-manager itself issues and renews every half minute, used by running agents and the SaaS; the kubelet brings them at its own pace. */
describe("zen-agent and the SaaS: certificates by cert-manager", function () {
  this.timeout(900_000);
  const namespace = "e2e-zen-renewal";
  const saas = `${namespace}-saas`;
  const host = `saas.${saas}`;
  const ca = "zen-ca-1";
  const issuerRef = { kind: "ClusterIssuer", name: ca };
  const often = { duration: "1h", renewBefore: "59m30s" };
  let admin: ReturnType<typeof saasAdmin> | undefined;
  const state = (): Promise<SaasState> => (admin ?? assert.fail("no SaaS")).state();
  const secretOf = (release: string): string => `${release}-tls`;

  /** Serial numbers of all certificates that were in a Secret, by its name; looked at until it is over. */
  const issued = new Map<string, Set<string>>();
  let isOver = false;
  let watching: Promise<void> | undefined;
  async function look(): Promise<void> {
    for (const of of [namespace, saas]) {
      const path = `/api/v1/namespaces/${of}/secrets?fieldSelector=type%3Dkubernetes.io%2Ftls`;
      const { items } = JSON.parse(await apiGet(instance, path)) as { items: KubeObject[] };
      for (const one of items) {
        const { name } = one.metadata;
        issued.set(name, (issued.get(name) ?? new Set()).add(serialOf(heldBy(one).certificate)));
      }
    }
  }
  async function watch(): Promise<void> {
    for (; !isOver; await sleep(2000)) await look().catch(() => {}); // an answer may be late, and a certificate is there for longer
    await look();
  }
  /** Of these, those that the other side has seen. */
  const shown = (name: string, seen: Readonly<Record<string, number>>): string[] =>
    [...(issued.get(name) ?? [])].filter((one) => (seen[one] ?? 0) > 0);
  const used = ({ certificates: clients, handshakes }: SaasState): Record<string, number> =>
    Object.fromEntries([
      ...releases.map((one) => [one, shown(secretOf(one), clients).length]),
      ["the SaaS", shown("server", handshakes).length],
    ]);

  /** A running pod by its name, UID and restarts: equal before and after when nothing was restarted. */
  const pods = async (): Promise<string[]> =>
    (await Promise.all([namespace, saas].map((one) => livePods<Pod>("-n", one))))
      .flat()
      .map(({ metadata, status }) => {
        const restarts = status.containerStatuses.map(({ restartCount }) => restartCount);
        return `${metadata.name} ${metadata.uid} restarted ${restarts}`;
      })
      .sort();

  /** What an agent counts, by what came of its requests. */
  async function counted(pod: string): Promise<Record<string, number>> {
    const way = await forward(namespace, `pod/${pod}`, 8080);
    try {
      const text = await (await fetch(`${way.url}/metrics`)).text();
      const lines = text.matchAll(/^zen_agent_saas_requests_total\{result="(.+)"\} (\d+)$/gm);
      return Object.fromEntries([...lines].map(([, result = "", count]) => [result, Number(count)]));
    } finally {
      way.close();
    }
  }

  async function rendered(release: string, values: object): Promise<Rendered[]> {
    const made = await render({ chart: "zen-agent", release, namespace, values });
    // The chart allows no less than twenty minutes from one renewal to the next: here it is half a minute.
    const { spec, ...certificate } = only(made, "Certificate");
    return made.map((one) => (one.kind === "Certificate" ? { ...certificate, spec: { ...spec, ...often } } : one));
  }

  before(async () => {
    const image = await zenImages();
    await installPart(certManager);
    const asked = section("docs/how-to/rotate-a-ca.md", "Make a CA", [["kind: Issuer", "kind: ClusterIssuer"]]);
    await kubectl(["apply", "-n", certManager.name, "-f", "-"], asked.block("yaml"));
    await kubectl(["wait", `clusterissuer/${ca}`, "--for=condition=Ready", "--timeout=60s"]);
    const root = await object<KubeObject>("secret", ca, "-n", certManager.name);
    const trust = { "ca.crt": Buffer.from(root.data?.["tls.crt"] ?? "", "base64").toString() };
    const bootstrap = { token: canary("bootstrap") };
    await apply([namespace, saas].map(restricted));
    watching = watch();
    watching.catch(() => {}); // told where it is waited for
    await applyZenKinds();
    await apply([
      secret("bootstrap", namespace, bootstrap),
      secret("bootstrap", saas, bootstrap),
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "zen-trust", namespace }, data: trust },
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name: "server", namespace: saas },
        spec: { secretName: "server", dnsNames: [host], issuerRef, usages: ["server auth"], ...often },
      },
    ]);
    const who = { tenant: { id: "acme" }, cluster: { id: "renewal-1" } };
    const saasValues = {
      ...who,
      image: image("zen-saas"),
      existingSecret: "bootstrap",
      tls: { existingSecret: "server" },
      // what comes in at a node's port comes from the control plane here
      networkPolicy: { enabled: false },
    };
    await apply(await render({ chart: "zen-saas", release: "zen-saas", namespace: saas, values: saasValues }));
    const address = await outside(saas, "saas", "saas", 8443);
    await rolledOut(saas, "zen-saas");
    admin = saasAdmin(saas);
    await admin.ask("PUT", "/connections", { reuse: false });
    const agentValues = {
      ...who,
      profile: "gitops",
      image: { ...image("zen-agent"), registryPolicy: [`${registryName}/*`] },
      saas: { endpoint: `https://${host}`, existingSecret: "bootstrap", pollSeconds: 1 },
      tls: {
        source: "cert-manager",
        certManager: { issuerRef, duration: "1h", renewBefore: "40m", served: true },
      },
      caMount: { enabled: true, configMapName: "zen-trust" },
      execution: { modes: ["ssa-immediate"] },
      networkPolicy: { apiServer: await apiServerAddress(), saasCIDRs: [`${address}/32`] },
      "zen-watcher": { enabled: false },
    };
    for (const release of releases) await apply(await rendered(release, agentValues));
    await rolledOut(namespace, ...releases);
  });
  after(async () => {
    isOver = true;
    admin?.close();
    await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", namespace, saas]);
    await removePart(certManager);
    await removeZenKinds();
  });

  it("[ZN-10] [ZN-12] [ZN-13] agents come up with the Certificate of their chart, the SaaS with its own, both of a custom CA", async () => {
    const { certificate: root } = await kept(certManager.name, ca);
    for (const [of, name] of [
      ...releases.map((one) => [namespace, secretOf(one)] as const),
      [saas, "server"] as const,
    ]) {
      const found = await kept(of, name);
      assert.equal(found.issuer, ca);
      assert.ok(isTrusted(found.certificate, [root]));
    }
    await eventually("each side has seen the other's", async () =>
      Object.values(used(await state())).every((count) => count > 0),
    );
  });

  it(`[ZN-09] [ZN-12] [ZN-13] ${requests} requests, each with a handshake of its own, while cert-manager renews all certificates: none is refused, nothing restarts`, async () => {
    const begun = Date.now();
    const before = await pods();
    assert.equal(before.length, releases.length + 1);
    let now = await state();
    const isEnough = (): boolean =>
      now.requests.accepted >= requests && Object.values(used(now)).every((count) => count >= certificates);
    while (!isEnough() && Date.now() - begun < 360_000) {
      await sleep(2000);
      now = await state();
      assert.deepEqual(now.refusals, []);
    }
    const agents = await livePods<Pod>("-n", namespace);
    const counts = await Promise.all(agents.map(({ metadata }) => counted(metadata.name)));
    const after = await state();
    isOver = true;
    await watching;
    const renewals = [...issued.values()].reduce((total, { size }) => total + size - 1, 0);
    const [took, inUse] = [Math.round((Date.now() - begun) / 1000), used(after)];
    console.log(
      `      ${now.requests.accepted} requests, ${now.requests.refused} refused; ${renewals} renewals in ${took} s; in use were ${JSON.stringify(inUse)}`,
    );

    assert.ok(now.requests.accepted >= requests, `${now.requests.accepted} requests`);
    for (const [name, count] of Object.entries(inUse)) assert.ok(count >= certificates, `${name} has shown ${count}`);
    const all = new Set([...issued.values()].flatMap((serials) => [...serials]));
    for (const one of [...Object.keys(after.certificates), ...Object.keys(after.handshakes)])
      assert.ok(all.has(one), `${one} was in no Secret`);

    // Both sides, from their first request on: the SaaS refused nothing, and for the agents nothing failed on the way either.
    assert.equal(after.requests.refused, 0, after.refusals.join("\n"));
    for (const count of counts) assert.deepEqual(Object.keys(count), ["ok"]);
    const asked = counts.reduce((total, count) => total + sum(count), 0);
    assert.ok(asked >= now.requests.accepted - releases.length && asked <= after.requests.accepted, `${asked} asked`);
    const underWay = sum(after.handshakes) - after.requests.accepted;
    assert.ok(underWay >= 0 && underWay <= releases.length, `${sum(after.handshakes)} handshakes`);

    assert.deepEqual(await pods(), before);
    for (const line of before) assert.match(line, / restarted 0$/);
    for (const { metadata } of agents)
      assert.doesNotMatch(await kubectl(["logs", "-n", namespace, metadata.name]), /"level":"(WARN|ERROR)"/);
    assert.doesNotMatch(await kubectl(["logs", "-n", saas, "deployment/zen-saas"]), /"level":"(WARN|ERROR)"/);
  });
});
