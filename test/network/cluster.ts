/** A cluster as far as NetworkPolicies see it: the policies and pods of rendered objects, and neighbours that any cluster has. */
import type { Connection, Judge, Labels, Peer } from "./judge";

interface Container {
  readonly ports?: readonly { readonly containerPort: number; readonly name?: string }[];
}
interface Template {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
}
/** A rendered object, as far as it matters here. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec?: unknown;
}

/** One end of a connection, with a name for texts. */
export interface End extends Peer {
  readonly name: string;
  /** Ports it listens on by name. */
  readonly portNames: ReadonlyMap<number, string>;
}

const namespaceLabel = "kubernetes.io/metadata.name";

/** A pod. Its namespace has the label every API server gives it, and those asked for. */
export const pod = (
  name: string,
  namespace: string,
  labels: Labels,
  more: { readonly namespaceLabels?: Labels; readonly portNames?: ReadonlyMap<number, string> } = {},
): End => ({
  name,
  namespace,
  labels,
  namespaceLabels: { [namespaceLabel]: namespace, ...more.namespaceLabels },
  ip: "10.244.0.9",
  portNames: more.portNames ?? new Map(),
});

/** An address that is no pod's. */
export const address = (name: string, ip: string): End => ({
  name,
  namespace: "",
  namespaceLabels: {},
  labels: {},
  ip,
  portNames: new Map(),
});

/** Who is near in any cluster, and must not get further than said: a stranger in a namespace without policies, the system's pods, the world. */
export const neighbours: readonly End[] = [
  pod("default/stranger", "default", { app: "stranger" }),
  pod("kube-system/dns", "kube-system", { "k8s-app": "kube-dns" }),
  pod("kube-system/other", "kube-system", { "k8s-app": "other" }),
  pod("ingress-nginx/controller", "ingress-nginx", { "app.kubernetes.io/name": "ingress-nginx" }),
  pod("monitoring/prometheus", "monitoring", { "app.kubernetes.io/name": "prometheus" }),
  address("internet", "198.51.100.7"),
  address("internet-v6", "2001:db8::7"),
  address("private-network", "10.1.2.3"),
  address("cloud-metadata", "169.254.169.254"),
];

/** Pod template of a workload, nothing for other objects. */
function templateOf({ kind, spec }: KubernetesObject): Template | undefined {
  if (kind === "CronJob") return (spec as { jobTemplate: { spec: { template: Template } } }).jobTemplate.spec.template;
  if (!["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind)) return undefined;
  return (spec as { template: Template }).template;
}

const portNames = ({ spec }: Template): Map<number, string> =>
  new Map(
    [...(spec.initContainers ?? []), ...spec.containers].flatMap((container) =>
      (container.ports ?? []).map((port): [number, string] => [port.containerPort, port.name ?? ""]),
    ),
  );

/** Policies of rendered objects. */
export const policiesOf = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.filter(({ kind }) => kind === "NetworkPolicy");

/** One pod for each workload of rendered objects, named `<namespace>/<workload>`; the hash an autoname ends in is left out. */
export function podsOf(objects: readonly KubernetesObject[]): End[] {
  const labelsOf = new Map(
    objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
  );
  return objects.flatMap((object) => {
    const template = templateOf(object);
    const { name, namespace = "default" } = object.metadata;
    if (template === undefined) return [];
    const namespaceLabels = labelsOf.get(namespace) ?? {};
    const title = `${namespace}/${name.replace(/-autonamed$/, "")}`;
    return [
      pod(title, namespace, template.metadata?.labels ?? {}, { namespaceLabels, portNames: portNames(template) }),
    ];
  });
}

/** Ports worth trying: all that a policy or a container names, and some that nobody asked for. */
export function portsOf(objects: readonly KubernetesObject[]): number[] {
  const named = [...JSON.stringify(policiesOf(objects)).matchAll(/"port":(\d+)/g)].map(([, port]) => Number(port));
  const listening = podsOf(objects).flatMap(({ portNames: ports }) => [...ports.keys()]);
  return [...new Set([...named, ...listening, 22, 53, 80, 443, 6443, 10250])].sort((a, b) => a - b);
}

/** Every connection between two different ends, on every port, by TCP and UDP. */
export const everyConnection = (ends: readonly End[], ports: readonly number[]): (Connection & Named)[] =>
  ends.flatMap((from) =>
    ends
      .filter((to) => to !== from && (from.namespace !== "" || to.namespace !== ""))
      .flatMap((to) =>
        ports.flatMap((port) =>
          (["TCP", "UDP"] as const).map((protocol) => ({
            from,
            to,
            port,
            protocol,
            portName: to.portNames.get(port) ?? "",
            title: `${from.name} → ${to.name} ${protocol} ${port}`,
          })),
        ),
      ),
  );
interface Named {
  readonly title: string;
}

/**
 * Which connections pass that one of the given pods begins or receives, as `<from> → <to> <protocol> <port>`.
 * Between others nothing is asked: they are not ours.
 */
export async function allowed(
  judge: Judge,
  objects: readonly KubernetesObject[],
  others: readonly End[],
): Promise<string[]> {
  const own = podsOf(objects);
  const connections = everyConnection([...own, ...others], portsOf(objects)).filter(
    ({ from, to }) => own.includes(from as End) || own.includes(to as End),
  );
  const verdicts = await judge(policiesOf(objects), connections);
  return connections.filter((_, i) => verdicts[i]?.egress && verdicts[i]?.ingress).map(({ title }) => title);
}
