/** Deployments of which some break one rule of the restricted standard each, in turn all its rules, at the pod, a container or the init container. */
import type { Case } from "./cases";
import { deployments } from "./workloads";

type Fields = Readonly<Record<string, unknown>>;

/** Fields laid over a pod, one of its containers, its volumes or its annotations. */
interface Violation {
  readonly pod?: Fields;
  readonly container?: Fields;
  readonly volume?: Fields;
  readonly annotations?: Fields;
}

const podContext = (securityContext: Fields): Violation => ({ pod: { securityContext } });
const context = (securityContext: Fields): Violation => ({ container: { securityContext } });

/** One for each field the standard reads, by what it breaks. */
const violations: readonly Violation[] = [
  { pod: { hostNetwork: true } },
  { pod: { hostPID: true } },
  { pod: { hostIPC: true } },
  { volume: { hostPath: { path: "/var/log" } } },
  { volume: { nfs: { server: "files.example", path: "/" } } },
  { container: { ports: [{ containerPort: 8080, hostPort: 8080 }] } },
  { container: { livenessProbe: { httpGet: { host: "10.0.0.1" } } } },
  { container: { lifecycle: { preStop: { tcpSocket: { host: "10.0.0.1", port: 8080 } } } } },
  { annotations: { "container.apparmor.security.beta.kubernetes.io/web": "unconfined" } },
  podContext({ appArmorProfile: { type: "Unconfined" } }),
  podContext({ seLinuxOptions: { type: "spc_t" } }),
  podContext({ sysctls: [{ name: "kernel.msgmax", value: "65536" }] }),
  podContext({ windowsOptions: { hostProcess: true } }),
  podContext({ seccompProfile: { type: "Unconfined" } }),
  podContext({ runAsNonRoot: false }),
  podContext({ runAsUser: 0 }),
  context({ privileged: true }),
  context({ allowPrivilegeEscalation: true }),
  context({ capabilities: { drop: ["NET_RAW"] } }),
  context({ capabilities: { add: ["SYS_ADMIN"] } }),
  context({ procMount: "Unmasked" }),
  context({ appArmorProfile: { type: "Unconfined" } }),
  context({ seLinuxOptions: { user: "system_u" } }),
  context({ seccompProfile: { type: "Unconfined" } }),
  context({ runAsNonRoot: false }),
  context({ runAsUser: 0 }),
];

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Fields laid over fields; a list replaces a list. */
const over = (below: Fields, above: Fields): Fields => {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key];
    merged[key] = isObject(old) && isObject(value) ? over(old, value) : value;
  }
  return merged;
};

type Deployment = ReturnType<typeof deployments>[number];

/** The object with one rule broken; `turn` picks the rule and the container. */
function broken(deployment: Deployment, turn: number): object {
  const { pod = {}, container, volume, annotations } = violations[turn % violations.length] as Violation;
  const { metadata, spec } = deployment.spec.template;
  const { initContainers, containers, volumes } = spec;
  const all: Fields[] = [...initContainers, ...containers];
  if (container) {
    const place = turn % all.length;
    all[place] = over(all[place] as Fields, container);
  }
  const template = {
    metadata: annotations ? { ...metadata, annotations } : metadata,
    spec: {
      ...over(spec, pod),
      initContainers: all.slice(0, initContainers.length),
      containers: all.slice(initContainers.length),
      volumes: volume ? [...volumes, { name: "more", ...volume }] : volumes,
    },
  };
  return { ...deployment, spec: { ...deployment.spec, template } };
}

/** As many Deployments, every `bad`-th of which restricted denies for one reason. */
export function partlyDenied(count: number, bad: number): Case {
  const isBad = (index: number): boolean => index % bad === bad - 1;
  const all = deployments(count);
  const objects = all.map((deployment, index) => {
    const object = isBad(index) ? broken(deployment, Math.floor(index / bad)) : deployment;
    return [deployment.metadata.name, object] as const;
  });
  const denied = all.filter((_, index) => isBad(index)).map(({ metadata }) => metadata.name);
  return { objects: new Map(objects), denied: new Set(denied) };
}
