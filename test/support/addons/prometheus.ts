import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { publishPrograms } from "../../../cluster/local/images";
import { ensureToolchain } from "../../../process/toolchain/ensure";
import { section } from "../documents/document";
import { instance, type KubeObject, kubectl } from "../e2e-cluster";
import { established } from "../established";
import { type Forward, forward } from "../network/forward";
import { goModule } from "../real-charts";

/** Prometheus itself, built from its Go module, and what the Prometheus operator would give it to do. */

const operator = "github.com/prometheus-operator/prometheus-operator@v0.85.0";
const kinds = ["prometheusrules", "servicemonitors"];

const definitionFiles = async (): Promise<string[]> => {
  const folder = join(await goModule(operator, tmpdir()), "example/prometheus-operator-crd");
  return readdirSync(folder)
    .filter((file) => kinds.some((kind) => file === `monitoring.coreos.com_${kind}.yaml`))
    .map((file) => join(folder, file));
};

/** Defines the operator's kinds that charts make, as its own project writes them. */
export async function defineMonitoring(): Promise<void> {
  const files = await definitionFiles();
  assert.equal(files.length, kinds.length);
  for (const file of files) await kubectl(["apply", "--server-side", "-f", file]);
  await established(
    kubectl,
    kinds.map((kind) => `${kind}.monitoring.coreos.com`),
  );
}

/** Takes them away, with every object of theirs. */
export async function removeMonitoring(): Promise<void> {
  for (const file of await definitionFiles()) await kubectl(["delete", "-f", file, "--ignore-not-found"]);
}

export interface ServiceMonitor extends KubeObject {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly endpoints: readonly { readonly port: string; readonly path: string; readonly interval: string }[];
  };
}

/** A rule's group as a PrometheusRule has it. */
export interface PrometheusRule extends KubeObject {
  readonly spec: {
    readonly groups: readonly { readonly name: string; readonly rules: readonly object[] }[];
  };
}

/** Name of the label that discovery makes of an object's label. */
const discovered = (label: string): string => label.replaceAll(/[^a-zA-Z0-9_]/g, "_");

const keep = (source: string, regex: string) => ({ action: "keep", source_labels: [source], regex });
const take = (source: string, target_label: string) => ({ source_labels: [source], target_label });

/**
 * Scrape configurations that mean what a ServiceMonitor says: endpoints of its namespace whose Service has the labels, and whose port has the name. Throws for
 * a monitor that says more than that.
 */
export function scrapesOf({ metadata, spec }: ServiceMonitor): object[] {
  assert.deepEqual(Object.keys(spec).sort(), ["endpoints", "selector"]);
  assert.deepEqual(Object.keys(spec.selector), ["matchLabels"]);
  return spec.endpoints.map(({ port, path, interval, ...more }, index) => {
    assert.deepEqual(more, {});
    return {
      job_name: `serviceMonitor/${metadata.namespace}/${metadata.name}/${index}`,
      scrape_interval: interval,
      metrics_path: path,
      kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { names: [metadata.namespace] } }],
      relabel_configs: [
        ...Object.entries(spec.selector.matchLabels).map(([label, value]) =>
          keep(`__meta_kubernetes_service_label_${discovered(label)}`, value.replaceAll(".", "\\.")),
        ),
        keep("__meta_kubernetes_endpointslice_port_name", port),
        take("__meta_kubernetes_namespace", "namespace"),
        take("__meta_kubernetes_service_name", "job"),
        take("__meta_kubernetes_pod_name", "pod"),
      ],
    };
  });
}

interface Documented {
  readonly scrape_configs: readonly [{ readonly kubernetes_sd_configs: readonly [object] }];
}

/** What the documentation tells a Prometheus that is to read annotations, for some namespaces alone. */
function annotated(names: readonly string[]): object {
  const text = section("operations/monitoring/README.md", "Scrape").block("yaml");
  const [scrape] = (load(text) as Documented).scrape_configs;
  const [discovery] = scrape.kubernetes_sd_configs;
  return { ...scrape, scrape_interval: "2s", kubernetes_sd_configs: [{ ...discovery, namespaces: { names } }] };
}

const account = "/var/run/secrets/kubernetes.io/serviceaccount";
/** The API server's own metrics, at the address that its Service in `default` has. */
const apiServer = {
  job_name: "apiserver",
  scrape_interval: "2s",
  scheme: "https",
  authorization: { credentials_file: `${account}/token` },
  tls_config: { ca_file: `${account}/ca.crt`, server_name: "kubernetes.default.svc" },
  kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { names: ["default"] } }],
  relabel_configs: [
    keep("__meta_kubernetes_service_name", "kubernetes"),
    keep("__meta_kubernetes_endpointslice_port_name", "https"),
  ],
};

/** A series as a query gives it. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [at: number, value: string];
}

/** A target as it was scraped last. */
export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: "up" | "down" | "unknown";
  readonly lastError: string;
}

export interface LoadedGroup {
  readonly name: string;
  readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[];
}

/** A running Prometheus. */
export interface Prometheus {
  /** Its version and what else it was built from. */
  build(): Promise<{ readonly version: string }>;
  query(expression: string): Promise<Series[]>;
  targets(): Promise<Target[]>;
  groups(): Promise<LoadedGroup[]>;
  close(): void;
}

interface Given {
  readonly monitors: readonly ServiceMonitor[];
  /** Namespaces whose Services it finds by their annotations. */
  readonly annotated: readonly string[];
  readonly rules: readonly PrometheusRule[];
}

/** What it reads: endpoints of some namespaces, and the API server's metrics. */
function access(namespace: string, watched: readonly string[]): object[] {
  const rbac = "rbac.authorization.k8s.io";
  const subjects = [{ kind: "ServiceAccount", name: "prometheus", namespace }];
  const bound = (kind: string, name: string, of: object, rules: readonly object[]) => [
    { apiVersion: `${rbac}/v1`, kind, metadata: { name, ...of }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: `${kind}Binding`,
      metadata: { name, ...of },
      roleRef: { apiGroup: rbac, kind, name },
      subjects,
    },
  ];
  const verbs = ["get", "list", "watch"];
  const discovery = [
    { apiGroups: [""], resources: ["pods", "services"], verbs },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs },
  ];
  return [
    ...[...new Set(watched)].flatMap((of) => bound("Role", namespace, { namespace: of }, discovery)),
    ...bound("ClusterRole", namespace, {}, [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }]),
  ];
}

/** Runs it as the pod of a restricted namespace of its own, which is made with it. */
export async function startPrometheus(namespace: string, given: Given): Promise<Prometheus> {
  const watched = ["default", ...given.annotated, ...given.monitors.map(({ metadata }) => metadata.namespace ?? "")];
  await ensureToolchain(() => {}, ["prometheus"]);
  const [image = ""] = await publishPrograms(instance, ["prometheus"], "Scrapes, records and alerts.");
  const labels = { app: "prometheus" };
  const config = {
    global: { scrape_interval: "5s", scrape_timeout: "2s", evaluation_interval: "2s" },
    rule_files: ["/etc/prometheus/*.rules.json"],
    scrape_configs: [apiServer, annotated(given.annotated), ...given.monitors.flatMap(scrapesOf)],
  };
  const files = Object.fromEntries(
    given.rules.map(({ metadata, spec }) => [`${metadata.name}.rules.json`, JSON.stringify(spec)] as const),
  );
  const mount = (name: string, mountPath: string) => ({ name, mountPath });
  const items = [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "prometheus", namespace } },
    ...access(namespace, watched),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "prometheus", namespace },
      data: { ...files, "prometheus.yml": JSON.stringify(config) },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "prometheus", namespace },
      spec: { selector: labels, ports: [{ name: "http", port: 9090 }] },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "prometheus", namespace, labels },
      spec: {
        serviceAccountName: "prometheus",
        terminationGracePeriodSeconds: 1,
        securityContext: { runAsNonRoot: true, fsGroup: 65_532, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "prometheus",
            image,
            args: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/data"],
            ports: [{ name: "http", containerPort: 9090 }],
            readinessProbe: { httpGet: { path: "/-/ready", port: "http" }, periodSeconds: 1 },
            resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [mount("config", "/etc/prometheus"), mount("data", "/data")],
          },
        ],
        volumes: [
          { name: "config", configMap: { name: "prometheus" } },
          { name: "data", emptyDir: {} },
        ],
      },
    },
  ];
  // One that an interrupted test left would go on with what it read.
  await kubectl(["delete", "pod/prometheus", "-n", namespace, "--ignore-not-found", "--now"]);
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl(["wait", "--for=condition=Ready", "pod/prometheus", "-n", namespace, "--timeout=120s"]);
  return reach(namespace);
}

/** Asks the API of the pod in a namespace. */
async function reach(namespace: string): Promise<Prometheus> {
  const way: Forward = await forward(namespace, "pod/prometheus", 9090);
  const ask = async <T>(path: string): Promise<T> => {
    const answer = (await (await fetch(`${way.url}/api/v1/${path}`)).json()) as { status: string; data: T };
    assert.equal(answer.status, "success", JSON.stringify(answer));
    return answer.data;
  };
  return {
    build: () => ask("status/buildinfo"),
    query: async (expression) =>
      (await ask<{ result: Series[] }>(`query?query=${encodeURIComponent(expression)}`)).result,
    targets: async () => (await ask<{ activeTargets: Target[] }>("targets?state=active")).activeTargets,
    groups: async () => (await ask<{ groups: LoadedGroup[] }>("rules")).groups,
    close: way.close,
  };
}

/** Takes one off the cluster, with its namespace and what it may read. */
export async function removePrometheus(namespace: string): Promise<void> {
  const roles = ["clusterrole", "clusterrolebinding"].map((kind) => `${kind}/${namespace}`);
  await kubectl(["delete", "--ignore-not-found", ...roles]);
  await kubectl(["delete", "--ignore-not-found", "-n", "default", `role/${namespace}`, `rolebinding/${namespace}`]);
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
}
