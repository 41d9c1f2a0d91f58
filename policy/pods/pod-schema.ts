/** The fields Pod Security reads, as data: the type the API server decodes, and what to assume when a value is unknown.
 *  `best` is the value no check objects to, `worst` the one every check that reads the field does. Source: k8s.io/api/core/v1 types.go. */

export type Schema =
  | { readonly kind: "boolean" | "string" | "int32" | "int64"; readonly best: unknown; readonly worst: unknown }
  | { readonly kind: "list"; readonly of: Schema; readonly best: unknown; readonly worst: unknown }
  | { readonly kind: "map"; readonly of: Schema; readonly best: unknown; readonly worst: unknown }
  | {
      readonly kind: "object";
      readonly fields: ReadonlyMap<string, Schema>;
      readonly best: unknown;
      readonly worst: unknown;
    };

const boolean = (best: boolean): Schema => ({ kind: "boolean", best, worst: !best });
const string = (best: string, worst: string): Schema => ({ kind: "string", best, worst });
const list = (of: Schema, best: unknown[], worst: unknown[]): Schema => ({ kind: "list", of, best, worst });

function object(fields: Readonly<Record<string, Schema>>): Schema {
  const all = (which: "best" | "worst") =>
    Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field[which]]));
  return { kind: "object", fields: new Map(Object.entries(fields)), best: all("best"), worst: all("worst") };
}

/** An object of which only the presence counts. */
const source = (isSafe: boolean): Schema => ({
  kind: "object",
  fields: new Map(),
  best: isSafe ? {} : null,
  worst: isSafe ? null : {},
});

/** Types of volume the restricted standard allows. */
export const safeSources: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);
/** Types of volume the restricted standard refuses, in the order upstream names them when a volume has several. */
export const unsafeSources: readonly string[] = [
  "hostPath",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "gitRepo",
  "nfs",
  "iscsi",
  "glusterfs",
  "rbd",
  "flexVolume",
  "cinder",
  "cephfs",
  "flocker",
  "fc",
  "azureFile",
  "vsphereVolume",
  "quobyte",
  "azureDisk",
  "photonPersistentDisk",
  "portworxVolume",
  "scaleIO",
  "storageos",
];

/** Every type of volume the API knows. */
export const volumeSources: ReadonlySet<string> = new Set([...safeSources, ...unsafeSources]);

/** Stands for a name, a host, a capability that is not known. */
const anything = "(unknown)";

/** No check looks at a name, save that seccomp annotations named containers until 1.18: an unknown name is taken for one none speaks of. */
const name = string(anything, anything);
const profile = object({ type: string("RuntimeDefault", "Unconfined") });
/** Read only by a default: see pod-defaults.ts. */
const appArmorProfile = object({
  type: string("RuntimeDefault", "Unconfined"),
  localhostProfile: { kind: "string", best: null, worst: null },
});
const common = {
  runAsNonRoot: boolean(true),
  runAsUser: { kind: "int64", best: 1, worst: 0 } as const,
  seccompProfile: profile,
  appArmorProfile,
  seLinuxOptions: object({ type: string("", anything), user: string("", anything), role: string("", anything) }),
  windowsOptions: object({ hostProcess: boolean(false) }),
};
const sysctl = object({ name: string("kernel.shm_rmid_forced", anything) });
const port = object({
  hostPort: { kind: "int32", best: 0, worst: 1 },
  containerPort: { kind: "int32", best: 0, worst: 1 },
});
const action = object({ host: string("", anything) });
const handler = object({ httpGet: action, tcpSocket: action });
const volume = object({
  name,
  ...Object.fromEntries([...safeSources].map((type) => [type, source(true)])),
  ...Object.fromEntries(unsafeSources.map((type) => [type, source(false)])),
});
const container = object({
  name,
  securityContext: object({
    ...common,
    privileged: boolean(false),
    allowPrivilegeEscalation: boolean(false),
    procMount: string("Default", "Unmasked"),
    capabilities: object({
      add: list(string("NET_BIND_SERVICE", anything), [], [anything]),
      drop: list(string("ALL", anything), ["ALL"], []),
    }),
  }),
  ports: list(port, [], [port.worst]),
  livenessProbe: handler,
  readinessProbe: handler,
  startupProbe: handler,
  lifecycle: object({ postStart: handler, preStop: handler }),
});
const containers = list(container, [], [container.worst]);

/** A pod, as far as Pod Security reads it. */
export const podSchema: Schema = object({
  metadata: object({
    annotations: {
      kind: "map",
      of: string("runtime/default", "unconfined"),
      best: {},
      worst: {
        "container.apparmor.security.beta.kubernetes.io/": "unconfined",
        "seccomp.security.alpha.kubernetes.io/pod": "unconfined",
      },
    },
  }),
  spec: object({
    initContainers: containers,
    containers,
    ephemeralContainers: containers,
    volumes: list(volume, [], [volume.worst]),
    securityContext: object({ ...common, sysctls: list(sysctl, [], [sysctl.worst]) }),
    hostNetwork: boolean(false),
    hostPID: boolean(false),
    hostIPC: boolean(false),
    hostUsers: boolean(false),
    os: object({ name: string("windows", "linux") }),
  }),
});
