import type { Json, JsonObject, Manifest } from "../../../policy/contract";
import type { RuleContext } from "../../../policy/rules/rule";
import { policySettings } from "../../../policy/settings/settings-schema";

/** An image that breaks no rule. */
export const image = `registry.example/web@sha256:${"0123456789abcdef".repeat(4)}`;

/** A container that breaks no rule, changed by `change`. */
export function container(change: JsonObject = {}): JsonObject {
  return {
    name: "web",
    image,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      seccompProfile: { type: "RuntimeDefault" },
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    startupProbe: { httpGet: { path: "/", port: 8080 } },
    readinessProbe: { httpGet: { path: "/", port: 8080 } },
    livenessProbe: { httpGet: { path: "/", port: 8080 } },
    ...change,
  };
}

/** A pod spec that breaks no rule, changed by `change`. */
export function podSpec(change: JsonObject = {}): JsonObject {
  return {
    automountServiceAccountToken: false,
    containers: [container()],
    volumes: [{ name: "tmp", emptyDir: {} }],
    ...change,
  };
}

/** Labels an object and its pods have. */
export const labels: JsonObject = { "app.kubernetes.io/name": "web", "app.kubernetes.io/managed-by": "Helm" };

/** A Deployment of the pod. */
export function deployment(spec: Json = podSpec(), annotations: JsonObject = {}): Manifest {
  return {
    object: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", labels },
      spec: { selector: { matchLabels: labels }, template: { metadata: { annotations, labels }, spec } },
    },
  };
}

/** A manifest of any object. */
export function manifest(apiVersion: string, kind: string, rest: JsonObject = {}): Manifest {
  return { object: { apiVersion, kind, metadata: { name: "web", labels }, ...rest } };
}

export const prod: RuleContext = {
  profile: "prod",
  namespace: "apps",
  podSecurity: { level: "restricted", version: "latest" },
  settings: policySettings.parse({ defaultDeny: ["apps"] }),
  now: new Date("2027-01-31T12:00:00Z"),
};
