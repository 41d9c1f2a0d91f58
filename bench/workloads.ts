/** What the benches judge: generated, so that everyone measures the same. */
import { dump } from "js-yaml";

const probed = (name: string, index: number) => ({
  name,
  image: `registry.example/${name}@sha256:${String(index).padStart(64, "a1")}`,
  args: ["serve", "--config", "/etc/config/config.yaml"],
  env: [
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "LOG_LEVEL", value: "info" },
  ],
  ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
  startupProbe: { httpGet: { path: "/alive", port: "http" }, periodSeconds: 2, failureThreshold: 30 },
  livenessProbe: { httpGet: { path: "/alive", port: "http" }, periodSeconds: 10 },
  readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 10 },
  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
  volumeMounts: [
    { name: "config", mountPath: "/etc/config", readOnly: true },
    { name: "tmp", mountPath: "/tmp" },
  ],
});

/** Init containers have no probes. */
const prepare = (index: number) => {
  const { startupProbe, livenessProbe, readinessProbe, ...rest } = probed("prepare", index);
  return rest;
};

/** A pod that restricted allows: one init container, two containers, two volumes. */
const podSpec = (index: number) => ({
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
  initContainers: [prepare(index)],
  containers: [probed("web", index), probed("proxy", index)],
  volumes: [
    { name: "config", configMap: { name: `config-${index}` } },
    { name: "tmp", emptyDir: {} },
  ],
});

/** Pods that restricted allows. */
export const pods = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `web-${index}`, namespace: "bench", labels: { app: `web-${index}` } },
    spec: podSpec(index),
  }));

/** Deployments whose pods restricted allows. */
export const deployments = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const spec = podSpec(index);
    const labels = { "app.kubernetes.io/name": `web-${index}`, "app.kubernetes.io/managed-by": "bench" };
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: `web-${index}`, namespace: "bench", labels },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
  });

/** Objects as one YAML file. */
export const yamlOf = (objects: readonly object[]): string =>
  objects.map((object) => `---\n${dump(object, { lineWidth: -1, noRefs: true })}`).join("");
