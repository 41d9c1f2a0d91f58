import { strict as assert } from "node:assert";
import { join } from "node:path";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { useHelm } from "../policy/support/helm";
import { charts, only, type Rendered, refusal, render } from "./support/helm";
import { notesOf } from "./support/notes";

const chart = "zen-watcher";
const apiServer = { cidrs: ["10.0.0.1/32", "10.96.0.1/32"], ports: [443, 6443] };
const pinned = { image: { digest: `sha256:${"cd".repeat(32)}` }, networkPolicy: { apiServer } };
const rendered = (values: object = {}): Promise<Rendered[]> =>
  render({ chart, release: "watch", namespace: "zen", values: { ...pinned, ...values } });
const kinds = (objects: readonly Rendered[]): string[] => objects.map(({ kind }) => kind).sort();
const everything = [
  ...["ClusterRole", "ClusterRoleBinding", "Deployment", "NetworkPolicy", "PodDisruptionBudget", "Role"],
  ...["RoleBinding", "Service", "ServiceAccount"],
];

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}
const rulesOf = (objects: readonly Rendered[], kind: string): readonly Rule[] =>
  (only(objects, kind) as unknown as { rules: Rule[] }).rules;

describe("charts/zen-watcher", () => {
  before(useHelm);
  const notes = notesOf(chart);

  for (const profile of ["dev", "staging", "prod"] as const)
    it(`[ZN-20] ${profile}: no rule of the policy pack finds anything`, async () => {
      const request = {
        chart: join(charts, chart),
        name: "watch",
        namespace: "zen",
        values: pinned,
        kubeVersion: "1.36",
      };
      const podSecurity = { level: "restricted", version: "latest" } as const;
      const { verdict } = await evaluateChart(request, { profile, podSecurity });
      assert.deepEqual(verdict.findings, []);
      assert.equal(verdict.pods, 1);
      assert.deepEqual(
        verdict.declared?.flatMap((one) => ("chart" in one ? [one.chart] : [])),
        [chart],
        "it looks whether its kinds are new enough, for a reason it declares",
      );
    });

  it("[ZN-32] has a disruption budget from two pods on, and a network policy unless it is switched off", async () => {
    assert.deepEqual(kinds(await rendered()), everything);
    const least = kinds(await rendered({ replicaCount: 1, networkPolicy: { enabled: false } }));
    assert.deepEqual(
      everything.filter((kind) => !least.includes(kind)),
      ["NetworkPolicy", "PodDisruptionBudget"],
    );
  });

  it("[ZN-33] scales by CPU where that is switched on, and then nobody but the autoscaler says how many pods there are", async () => {
    const objects = await rendered({ hpa: { enabled: true, minReplicas: 2, maxReplicas: 6 } });
    const { scaleTargetRef, minReplicas, maxReplicas } = only(objects, "HorizontalPodAutoscaler").spec as Record<
      string,
      unknown
    >;
    assert.deepEqual(scaleTargetRef, { apiVersion: "apps/v1", kind: "Deployment", name: "watch-zen-watcher" });
    assert.deepEqual([minReplicas, maxReplicas], [2, 6]);
    assert.equal(only(objects, "Deployment").spec.replicas, undefined);
    assert.ok(kinds(objects).includes("PodDisruptionBudget"));
  });

  it("[ZN-33] several pods are refused where nobody says which of them records, both keys by name", async () => {
    const leaderElection = { enabled: false };
    const said = (values: object) =>
      refusal({ chart, release: "watch", namespace: "zen", values: { ...pinned, leaderElection, ...values } });
    assert.match(await said({ hpa: { enabled: true } }), /hpa\.enabled is true and leaderElection\.enabled is false/);
    assert.match(await said({ replicaCount: 3 }), /replicaCount is 3 and leaderElection\.enabled is false/);
    const [container] = only(await rendered({ leaderElection, replicaCount: 1 }), "Deployment").spec.template.spec
      .containers;
    assert.equal(container.env?.find(({ name }) => name === "ZEN_WATCHER_LEADER_ELECTION")?.value, "false");
  });

  it("[ZN-27] its kinds are in crds/, which no release deletes, and in no template", async () => {
    const objects = await rendered();
    assert.ok(!kinds(objects).includes("CustomResourceDefinition"));
    const all = await render({ chart, release: "watch", namespace: "zen", values: pinned, args: ["--include-crds"] });
    assert.deepEqual(
      all.filter(({ kind }) => kind === "CustomResourceDefinition").map(({ metadata }) => metadata.name),
      ["observations", "observationfilters", "observationmappings"].map((plural) => `${plural}.zen.kube-zen.io`),
    );
  });

  it("[ZN-36] image and resources reach the pod, hpa makes an autoscaler, and without networkPolicy there is none", async () => {
    const resources = { requests: { cpu: "30m", memory: "50Mi" }, limits: { cpu: "300m", memory: "200Mi" } };
    const image = { repository: "kubezen/other", tag: "9.9.9", digest: "" };
    const objects = await rendered({ image, resources, hpa: { enabled: true } });
    const [container] = only(objects, "Deployment").spec.template.spec.containers;
    assert.equal(container.image, "kubezen/other:9.9.9");
    assert.deepEqual(container.resources, resources);
    assert.ok(kinds(objects).includes("HorizontalPodAutoscaler"));
    const open = kinds(await rendered({ networkPolicy: { enabled: false } }));
    assert.deepEqual(
      everything.filter((kind) => !open.includes(kind)),
      ["NetworkPolicy"],
    );
  });

  it("[ZN-21] [ZN-36] it reaches the API server and nothing else, and Prometheus alone reaches it", async () => {
    const { ingress, egress } = only(await rendered(), "NetworkPolicy").spec as Record<string, unknown>;
    const to = apiServer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    assert.deepEqual(egress, [{ to, ports: apiServer.ports.map((port) => ({ protocol: "TCP", port })) }]);
    const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }];
    assert.deepEqual(ingress, [{ from, ports: [{ protocol: "TCP", port: 8080 }] }]);
  });

  it("[ZN-25] changes nothing outside of its namespace, and nothing in it but its own kinds and its Lease", async () => {
    const objects = await rendered({ observe: { resources: [{ apiGroups: ["apps"], resources: ["deployments"] }] } });
    assert.deepEqual(rulesOf(objects, "ClusterRole"), [
      { apiGroups: ["apps"], resources: ["deployments"], verbs: ["list", "watch"] },
    ]);
    for (const { apiGroups, resources, resourceNames, verbs } of rulesOf(objects, "Role")) {
      if (apiGroups.includes("zen.kube-zen.io")) continue;
      assert.deepEqual([apiGroups, resources], [["coordination.k8s.io"], ["leases"]]);
      if (!verbs.includes("create")) assert.deepEqual(resourceNames, ["watch-zen-watcher"]);
    }
  });

  it("of named namespaces it sees those alone, by bindings there; of nothing without resources", async () => {
    const objects = await rendered({ observe: { namespaces: ["shop", "mail"] } });
    assert.ok(!kinds(objects).includes("ClusterRoleBinding"));
    const role = only(objects, "ClusterRole").metadata.name;
    const bindings = objects.filter(({ kind, metadata }) => kind === "RoleBinding" && metadata.namespace !== "zen");
    assert.deepEqual(bindings.map(({ metadata }) => metadata.namespace).sort(), ["mail", "shop"]);
    for (const binding of bindings as unknown as Record<string, unknown>[]) {
      assert.deepEqual((binding.roleRef as { name: string }).name, role);
      assert.deepEqual(binding.subjects, [{ kind: "ServiceAccount", name: "watch-zen-watcher", namespace: "zen" }]);
    }
    const [container] = only(objects, "Deployment").spec.template.spec.containers;
    assert.equal(container.env?.find(({ name }) => name === "ZEN_WATCHER_NAMESPACES")?.value, "shop,mail");
    const none = kinds(await rendered({ observe: { resources: [] } }));
    assert.deepEqual(
      everything.filter((kind) => !none.includes(kind)),
      ["ClusterRole", "ClusterRoleBinding"],
    );
  });

  it("[ZN-31] is found for scraping by annotations, or by an operator's kind", async () => {
    const { metadata } = only(await rendered(), "Service");
    assert.equal(metadata.annotations?.["prometheus.io/scrape"], "true");
    for (const [scrape, api, definition] of [
      ["serviceMonitor", "monitoring.coreos.com/v1/ServiceMonitor", "servicemonitors.monitoring.coreos.com"],
      [
        "vmServiceScrape",
        "operator.victoriametrics.com/v1beta1/VMServiceScrape",
        "vmservicescrapes.operator.victoriametrics.com",
      ],
    ] as const) {
      const asked = { ...pinned, metrics: { scrape } };
      const args = ["--api-versions", api];
      const objects = await render({ chart, release: "watch", namespace: "zen", values: asked, args });
      const kind = api.split("/").at(-1) as string;
      assert.ok(kinds(objects).includes(kind), kind);
      const said = await refusal({ chart, release: "watch", namespace: "zen", values: asked });
      assert.ok(said.includes(`metrics.scrape needs the kind ${api} (CustomResourceDefinition ${definition})`), said);
      assert.match(said, /or set it to annotations/);
    }
    assert.deepEqual(kinds(await rendered({ metrics: { scrape: "off" } })), everything);
  });

  it("two installs share no object of the cluster", async () => {
    const other = await render({ chart, release: "watch", namespace: "zen-two", values: pinned });
    const names = (objects: readonly Rendered[]) =>
      objects.filter(({ kind }) => kind.startsWith("Cluster")).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const first = names(await rendered());
    assert.equal(first.length, 2);
    assert.deepEqual(
      names(other).filter((name) => first.includes(name)),
      [],
    );
  });

  it("refuses everything that is wrong at once", async () => {
    const values = {
      resources: { requests: { memory: "1Gi" } },
      observe: { resources: [{ apiGroups: [""], resources: ["secrets"] }] },
    };
    const words = await refusal({ chart, release: "watch", namespace: "zen", values });
    assert.match(words, /networkPolicy\.apiServer\.cidrs is empty .*kubectl get endpointslices -n default kubernetes/);
    assert.match(words, /observe\.resources\[0\]: Secrets are never observed/);
    assert.match(words, /resources.*memory/);
  });

  it("its notes have a first mapping, and where to look", async () => {
    const text = await notes({ networkPolicy: { apiServer } });
    assert.match(text, /kind: ObservationMapping/);
    assert.match(text, /kubectl get observations,observationmappings,observationfilters -n post/);
    assert.match(text, /The kinds stay when the release goes/);
  });
});
