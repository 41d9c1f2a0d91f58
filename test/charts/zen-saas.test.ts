import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { JsonObject } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { saas, saasUrl, saasValues } from "../../systems/zen/saas-values";
import { useHelm } from "../policy/support/helm";
import { charts, helm, only, type Rendered, refusal, render } from "./support/helm";

const chart = "zen-saas";
const digest = `sha256:${"cd".repeat(32)}`;
const least = { existingSecret: "bootstrap", tenant: { id: "acme" }, cluster: { id: "shop-1" }, image: { digest } };
const all = {
  ...least,
  tls: { existingSecret: "server", responderSecret: "responder" },
  git: { enabled: true, existingSecret: "git", tlsSecret: "git-tls", image: { digest } },
};
const rendered = (values: object): Promise<Rendered[]> => render({ chart, release: chart, namespace: "saas", values });
const pod = (objects: readonly Rendered[], name = chart) => only(objects, "Deployment", name).spec.template.spec;
const names = (objects: readonly Rendered[]): string[] =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();

describe("charts/zen-saas", () => {
  before(useHelm);

  it("lint finds nothing", async () => {
    const { code, stdout } = await helm(["lint", "--strict", join(charts, chart), "-f", "-"], least);
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /\[WARNING\]|\[ERROR\]/);
  });

  for (const [title, values, pods] of [
    ["alone", least, 1],
    ["with TLS and a repository", all, 2],
  ] as const)
    it(`[ZN-20] ${title}: no rule of the policy pack finds anything in production`, async () => {
      const request = { chart: join(charts, chart), name: chart, namespace: "saas", kubeVersion: "1.36" };
      const { verdict } = await evaluateChart(
        { ...request, values: values as unknown as JsonObject },
        { profile: "prod", podSecurity: { level: "restricted", version: "latest" } },
      );
      assert.deepEqual(verdict.findings, []);
      assert.equal(verdict.pods, pods);
    });

  it("[ZN-07] the token comes from its Secret, by its key, and nowhere else", async () => {
    const [container] = pod(await rendered({ ...least, existingSecretKey: "bootstrap-token" })).containers;
    const from = container.env?.find(({ name }) => name === "ZEN_SAAS_TOKEN") as unknown as { valueFrom: object };
    assert.deepEqual(from.valueFrom, { secretKeyRef: { name: "bootstrap", key: "bootstrap-token" } });
    assert.equal(container.envFrom, undefined);
  });

  it("[ZN-09] mutual TLS with a Secret, plain HTTP without", async () => {
    const plain = await rendered(least);
    assert.deepEqual(names(plain), ["Deployment zen-saas", "NetworkPolicy zen-saas", "Service zen-saas"]);
    assert.deepEqual(
      pod(plain).volumes.map(({ name }) => name),
      ["tmp"],
    );
    const secured = await rendered(all);
    const [container] = pod(secured).containers;
    const mounts = container.volumeMounts.map(({ mountPath, readOnly }) => [mountPath, readOnly]);
    assert.deepEqual(mounts, [
      ["/etc/zen/tls", true],
      ["/etc/zen/ocsp", true],
      ["/tmp", undefined],
    ]);
    const ports = (objects: readonly Rendered[]) =>
      (only(objects, "Service", chart).spec.ports as { port: number }[]).map(({ port }) => port);
    assert.deepEqual(
      [ports(plain), ports(secured)],
      [
        [8081, 8080],
        [8081, 8443],
      ],
    );
  });

  it("[ZN-21] agents of the named namespaces reach it, and nobody else: no pod the page; it reaches nothing", async () => {
    const objects = await rendered({ ...all, networkPolicy: { agentNamespaces: ["zen", "zen-two"] } });
    const from = (namespace: string) => ({
      from: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
          podSelector: { matchLabels: { "app.kubernetes.io/component": "agent" } },
        },
      ],
      ports: [{ protocol: "TCP", port: 8443 }],
    });
    const agents = [from("zen"), from("zen-two")];
    const { ingress, egress } = only(objects, "NetworkPolicy", chart).spec;
    assert.deepEqual(ingress, agents);
    assert.deepEqual(egress, []);
    const git = only(objects, "NetworkPolicy", "zen-saas-git").spec;
    assert.deepEqual([git.ingress, git.egress], [agents, []]);
    const adminCIDRs = ["172.18.0.0/16", "fd00:18::/64"];
    const named = { agentNamespaces: ["zen", "zen-two"], adminCIDRs };
    const policyOf = async (adminNodePort: number) =>
      only(await rendered({ ...all, service: { adminNodePort }, networkPolicy: named }), "NetworkPolicy", chart).spec;
    const nodes = adminCIDRs.map((cidr) => ({ ipBlock: { cidr } }));
    assert.deepEqual((await policyOf(30_081)).ingress, [
      ...agents,
      { from: nodes, ports: [{ protocol: "TCP", port: 8081 }] },
    ]);
    assert.deepEqual((await policyOf(0)).ingress, agents, "without a node port nobody needs the page's port");
    const none = await rendered({ ...least, networkPolicy: { enabled: false } });
    assert.deepEqual(names(none), ["Deployment zen-saas", "Service zen-saas"]);
  });

  it("[ZN-05] the repository is there when asked for, with its login from a Secret", async () => {
    const [container] = pod(await rendered(all), "zen-saas-git").containers;
    const secrets = container.env?.flatMap((one) => {
      const { valueFrom } = one as unknown as { valueFrom?: { secretKeyRef: { name: string; key: string } } };
      return valueFrom ? [`${one.name} ${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`] : [];
    });
    assert.deepEqual(secrets, ["GIT_SERVER_PASSWORD git/password", "GIT_SERVER_USERNAME git/username"]);
  });

  it("refuses everything that is missing at once", async () => {
    const said = await refusal({ chart, values: { git: { enabled: true }, tls: { responderSecret: "one" } } });
    for (const part of ["existingSecret is empty", "tenant.id is empty", "cluster.id is empty"])
      assert.match(said, new RegExp(`^${part}`, "m"));
    assert.match(said, /^git\.existingSecret is empty/m);
    assert.match(said, /^tls\.responderSecret is set and tls\.existingSecret is not/m);
    const wrong = await refusal({ chart, values: { ...least, service: { adminNodePort: 80 } } });
    assert.match(wrong, /\/service\/adminNodePort/);
    const open = await refusal({ chart, values: { ...least, service: { adminNodePort: 30_081 } } });
    assert.match(open, /^networkPolicy\.adminCIDRs is empty while service\.adminNodePort is 30081: .*get nodes/m);
  });

  it("[ZN-35] runs where and as what the agent's values expect, at a name that is none of the cluster itself", async () => {
    const client = {
      namespace: "zen-dev",
      tenant: "acme",
      cluster: "shop-1",
      image: { repository: "registry.example/team/zen-agent", tag: "1.0.2" },
      nodePort: 30_081,
      nodeCIDRs: ["172.18.0.0/16"],
    };
    const { release, namespace, image } = saas(client);
    const objects = await render({ chart, release, namespace, values: saasValues(client, image, "bootstrap") });
    assert.equal(saasUrl(client), `http://${only(objects, "Service", release).metadata.name}.${namespace}:8080`);
    assert.doesNotMatch(saasUrl(client), /\.svc|cluster\.local/);
    assert.equal(pod(objects).containers[0].image, "registry.example/team/zen-saas:1.0.2");
    assert.equal(only(objects, "Service", "zen-saas-admin").spec.type, "NodePort");
  });
});
