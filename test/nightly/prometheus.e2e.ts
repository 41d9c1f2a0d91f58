import { strict as assert } from "node:assert";
import { X509Certificate } from "node:crypto";
import { render } from "../charts/support/helm";
import { ruleFiles } from "../operations/monitoring/rule-files";
import {
  defineMonitoring,
  type Prometheus,
  type PrometheusRule,
  removeMonitoring,
  removePrometheus,
  type Series,
  type ServiceMonitor,
  startPrometheus,
  type Target,
} from "../support/addons/prometheus";
import { rolledOut, serviceRelease } from "../support/charts/service-chart";
import { apply, cluster, type KubeObject, kubectl, livePods, object, objects } from "../support/e2e-cluster";
import { eventually } from "../support/run";
import { textOf } from "../support/tree";
import { type ZenAgents, zenAgents } from "../support/zen/zen-agents";

/** Prometheus itself: what the charts say of their metrics, whom their policies let in, and the rules, in a server that scrapes, records and alerts. */

const monitoring = "e2e-monitoring";
/** Where another one runs, which no values name. */
const elsewhere = "e2e-monitoring-elsewhere";
/** A namespace of a standard that nothing else here has, so that its series are this file's. */
const baseline = "e2e-monitoring-baseline";
/** Services of charts/service, by how their metrics are found. */
const services = { orders: "serviceMonitor", returns: "annotations" } as const;
const interval = "2s";

const apis = ["ServiceMonitor", "PrometheusRule"].map((kind) => `monitoring.coreos.com/v1/${kind}`);
const args = ["monitoring.coreos.com/v1", ...apis].flatMap((api) => ["--api-versions", api]);
const values = {
  validation: { prometheusUrl: `http://prometheus.${monitoring}:9090` },
  serviceMonitor: { enabled: true },
  metrics: { interval },
  networkPolicy: { monitoringNamespace: monitoring },
  "zen-watcher": {
    metrics: { scrape: "serviceMonitor", interval },
    networkPolicy: { monitoringNamespace: monitoring },
  },
};
const serviceValues = (mode: string) => ({
  replicas: 1,
  scrape: { mode, interval },
  networkPolicy: {
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": monitoring } } }],
        ports: [{ protocol: "TCP", port: 8080 }],
      },
    ],
  },
});

describe("metrics, rules and alerts in Prometheus itself", () => {
  let zen: ZenAgents;
  let prometheus: Prometheus;
  let other: Prometheus | undefined;
  let shop: string;

  /** The one value a query gives; 0 where there is none yet. */
  const number = async (query: string): Promise<number> => Number((await prometheus.query(query))[0]?.value[1] ?? 0);
  const alerts = (labels: string): Promise<Series[]> => prometheus.query(`ALERTS{${labels}}`);
  const quota = (name: string, query: string) => ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name, namespace: zen.targets, annotations: { "zen.kube-zen.io/probe-query": query } },
    spec: { hard: { pods: "5" } },
  });
  const change = (name: string) =>
    zen.approve(name, {
      executionMode: "ssa-immediate",
      target: { apiVersion: "v1", kind: "ResourceQuota", namespace: zen.targets, name },
      patch: JSON.stringify({ spec: { hard: { "services.nodeports": "0" } } }),
    });
  /** Asks for a pod that its namespace refuses. */
  const refused = (): Promise<void> =>
    assert.rejects(
      apply([
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "host", namespace: baseline },
          spec: { hostNetwork: true, containers: [{ name: "host", image: "none" }] },
        },
      ]),
      /violates PodSecurity "baseline/,
    );
  /** Targets that are pods, by their pods' names. */
  const pods = async (of: Prometheus): Promise<Target[]> =>
    (await of.targets()).filter(({ labels }) => labels.pod !== undefined);
  /** Pods that the charts want scraped. */
  const wanted = async (): Promise<string[]> => {
    const labelled = (namespace: string, label: string) =>
      livePods("-n", namespace, "-l", `app.kubernetes.io/${label}`);
    const all = [
      ...(await labelled(zen.namespace, "component in (agent,watcher)")),
      ...(await labelled(shop, "component=web")),
    ];
    return all.map(({ metadata }) => metadata.name).sort();
  };

  before(async function () {
    this.timeout(1_800_000); // the first time it is built
    await cluster();
    await defineMonitoring();
    zen = await zenAgents("prometheus", values, args);
    shop = `${zen.targets}-service`;
    for (const [name, mode] of Object.entries(services)) await serviceRelease(shop, name, serviceValues(mode));
    const standard = (name: string, level: string) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels: { "pod-security.kubernetes.io/enforce": level } },
    });
    await apply([standard(baseline, "baseline"), standard(monitoring, "restricted")]);
    await apply(await render({ chart: "monitoring", release: "monitoring", namespace: monitoring, args }));
    for (const name of Object.keys(services)) await rolledOut(shop, name);
    await rolledOut(zen.namespace, "zen-agent-zen-watcher");
    // a counter that is there before the first scrape, as increase() sees nothing of the first value
    await refused();
    const given = {
      annotated: [shop],
      monitors: await objects<ServiceMonitor>("servicemonitors", "--all-namespaces"),
      rules: await objects<PrometheusRule>("prometheusrules", "-n", monitoring),
    };
    prometheus = await startPrometheus(monitoring, given);
    other = await startPrometheus(elsewhere, { ...given, rules: [] });
    await apply([quota("measured", `min(up{namespace="${zen.namespace}"})`), quota("silent", "absent(up)")]);
    // Its probe has two minutes: the last test looks what became of it.
    await change("silent");
  });
  after(async () => {
    prometheus?.close();
    other?.close();
    await zen?.remove();
    for (const namespace of [monitoring, elsewhere]) await removePrometheus(namespace);
    await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", baseline, shop ?? "none"]);
    await removeMonitoring();
  });

  it("is the version whose promtool tries the rules", async () => {
    const modules = textOf("process/toolchain/modules/promtool/go.mod");
    const [, pinned] = /github\.com\/prometheus\/prometheus v(\S+)/.exec(modules) ?? [];
    assert.equal((await prometheus.build()).version, pinned);
  });

  it("[ZN-18] [ZN-31] scrapes every pod that the charts want scraped, by ServiceMonitors and by annotations: of the agent, the watcher and two services", async () => {
    const expected = await wanted();
    assert.equal(expected.length, 6, `${expected}`);
    const seen = async (): Promise<string[]> =>
      (await pods(prometheus)).map(({ labels, health, lastError }) => `${labels.pod} ${health} ${lastError}`).sort();
    const up = expected.map((pod) => `${pod} up `);
    const isUp = async (): Promise<boolean> => JSON.stringify(await seen()) === JSON.stringify(up);
    await eventually("all are up", isUp).catch(async () => assert.deepEqual(await seen(), up));
    const series = await prometheus.query(`up{namespace=~"${zen.namespace}|${shop}"} == 1`);
    assert.deepEqual(series.map(({ metric }) => metric.pod).sort(), expected);
    assert.deepEqual([...new Set(series.map(({ metric }) => metric.job))].sort(), [
      ...Object.keys(services),
      "zen-agent",
      "zen-agent-zen-watcher",
    ]);
  });

  it("[ZN-18] has the series of the watcher and the agent: one more observation is one more, and one replica leads", async () => {
    const recorded = `sum(zen_watcher_observations_total{namespace="${zen.namespace}",source="events",result="recorded"})`;
    assert.equal(await number(recorded), 0);
    const spec = {
      sourceName: "events",
      version: "v1",
      resource: "events",
      where: [{ path: "involvedObject.name", in: ["measured"] }],
      category: { default: "operations" },
      severity: { default: "high" },
      eventType: { path: "reason" },
      message: { path: "message" },
      subject: { path: "involvedObject" },
    };
    const named = (name: string, namespace: string) => ({ metadata: { name, namespace } });
    await apply([
      { apiVersion: "zen.kube-zen.io/v1", kind: "ObservationMapping", ...named("events", zen.namespace), spec },
    ]);
    const watched = `max(zen_watcher_watches{namespace="${zen.namespace}",resource=~".*events.*"})`;
    await eventually("events are watched", async () => (await number(watched)) === 1);
    const happens = async (count: number): Promise<void> => {
      const subject = { apiVersion: "v1", kind: "ResourceQuota", ...named("measured", zen.targets).metadata };
      const event = { apiVersion: "v1", kind: "Event", ...named(`measured-${count}`, zen.targets) };
      await apply([{ ...event, involvedObject: subject, type: "Warning", reason: `Seen${count}`, message: "a test" }]);
      await eventually(`${count} recorded`, async () => (await number(recorded)) === count);
    };
    await happens(1);
    await happens(2);
    for (const part of ["agent", "watcher"])
      assert.equal(await number(`sum(zen_${part}_leader{namespace="${zen.namespace}"})`), 1, part);
    const asked = `sum(increase(zen_agent_saas_requests_total{namespace="${zen.namespace}",result="ok"}[30s]))`;
    await eventually("requests to the SaaS go on", async () => (await number(asked)) > 0);
  });

  it("[ZN-21] is refused by every pod where no values name its namespace", async () => {
    const from = other ?? assert.fail();
    const expected = await wanted();
    const targets = await eventually("every pod was tried", async () => {
      const found = await pods(from);
      return found.length === expected.length && found.every(({ health }) => health !== "unknown") && found;
    });
    const scraped = targets.filter(({ health }) => health !== "down");
    assert.deepEqual(
      scraped.map(({ labels }) => labels.pod),
      [],
    );
    for (const { lastError } of targets) assert.match(lastError, /context deadline exceeded|connection refused/);
    assert.equal((await from.query(`up{namespace=~"${zen.namespace}|${shop}"} == 0`)).length, expected.length);
    assert.equal((await from.query('up{job="apiserver"} == 1')).length, 1, "it does reach what lets it in");
  });

  it("[COS-41] [COS-49] [ZN-15] loads every rule of charts/monitoring and evaluates each without an error", async () => {
    const expected = ruleFiles.flatMap(({ groups }) => groups);
    const loaded = await eventually("all are evaluated", async () => {
      const groups = await prometheus.groups();
      return groups.every(({ rules }) => rules.every(({ health }) => health !== "unknown")) && groups;
    });
    assert.deepEqual(
      loaded.map(({ name, rules }) => `${name} ${rules.length}`).sort(),
      expected.map(({ name, rules }) => `${name} ${rules.length}`).sort(),
    );
    const broken = loaded.flatMap(({ rules }) => rules.filter(({ health }) => health !== "ok"));
    assert.deepEqual(broken, []);
  });

  it("[COS-49] a pod that its namespace refuses raises PodSecurityViolationDenied", async () => {
    const labels = 'alertname="PodSecurityViolationDenied",policy_level="baseline",resource="pod"';
    const counted = 'sum(pod_security_evaluations_total{decision="deny",mode="enforce",policy_level="baseline"})';
    await eventually("the counter is there", async () => (await number(counted)) > 0);
    assert.deepEqual(await alerts(labels), []);
    await refused();
    const [alert] = await eventually("it fires", async () => {
      const found = await alerts(`${labels},alertstate="firing"`);
      return found.length > 0 && found;
    });
    assert.deepEqual([alert?.metric.severity, alert?.metric.request_operation], ["warning", "create"]);
  });

  it("sources that nothing scrapes here are told of, and the API server, which is scraped, is not", async () => {
    const found = await eventually("they are pending", async () => {
      const pending = await alerts('alertname="MetricsSourceMissing"');
      return pending.length > 0 && pending;
    });
    assert.deepEqual(found.map(({ metric }) => metric.source).sort(), ["cAdvisor", "kube-state-metrics"]);
  });

  it("[ZN-15] the end of the agent's certificate is recorded from its own series, and the alerts on it wait their hour", async () => {
    const { data = {} } = await object<KubeObject>("secret", "client", "-n", zen.namespace);
    const end = Date.parse(new X509Certificate(Buffer.from(data["tls.crt"] ?? "", "base64")).validTo) / 1000;
    const ends = `namespace_zen_agent:certificate_not_after_seconds:min{namespace="${zen.namespace}"}`;
    assert.equal(await number(ends), end);
    const found = await alerts(`namespace="${zen.namespace}",alertstate="pending"`);
    assert.deepEqual(found.map(({ metric }) => `${metric.alertname} ${metric.severity}`).sort(), [
      "ZenAgentCertificateAboutToExpire critical",
      "ZenAgentCertificateExpiresSoon warning",
    ]);
  });

  it("[ZN-19] the probe metrics asks it: a change whose query gives a number stays, one whose query gives nothing is taken back", async function () {
    this.timeout(300_000);
    await change("measured");
    const { status } = await zen.ended("measured");
    assert.equal(status?.phase, "Succeeded", status?.message);
    assert.match(status?.message ?? "", /probes passed: .*metrics/);
    const { status: silent } = await zen.ended("silent", 180_000);
    assert.equal(silent?.phase, "RolledBack", silent?.message);
    assert.match(silent?.message ?? "", /probe metrics: the query "absent\(up\)" gives nothing/);
  });
});
