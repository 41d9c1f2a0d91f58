import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../../cluster/cluster";
import { selects } from "../../policy/rules/selector";
import { UserError } from "../../process/user-error";

/** Metadata that every object has. */
interface Named {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
}

/** The fields of a pod that a drill reads. */
export interface Pod extends Named {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers?: readonly { readonly name: string; readonly resources?: object }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: { readonly exitCode: number; readonly reason?: string };
  };
  readonly lastState?: ContainerStatus["state"];
}

/** A PodDisruptionBudget. */
export interface Budget extends Named {
  readonly spec: { readonly selector?: unknown };
  readonly status?: {
    readonly disruptionsAllowed: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
  };
}

interface Service extends Named {
  readonly spec: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  };
}

/** The service that a drill targets, as it is in the cluster. */
export interface Target {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly service: string;
  /** Name or number of the Service's port. */
  readonly port: string;
  /** Label selector of its pods, as kubectl takes it. */
  readonly selector: string;
  /** Name of the one PodDisruptionBudget of its pods. */
  readonly budget: string;
  /** Helm release and chart ("service-0.1.0") of its labels, where it has them. */
  readonly release?: string | undefined;
  readonly chart?: string | undefined;
}

export const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True");

/** Pods of the service that are not finished. */
export async function podsOf({ cluster, namespace, selector }: ServiceTarget): Promise<readonly Pod[]> {
  const pods = await cluster.list<Pod>("pods", { namespace, selector });
  return pods.filter(({ status }) => status.phase !== "Succeeded" && status.phase !== "Failed");
}

/** The budgets of a namespace. */
export const budgetsIn = (cluster: Cluster, namespace: string): Promise<readonly Budget[]> =>
  cluster.list<Budget>("poddisruptionbudgets", { namespace });

export const isOf = ({ spec }: Budget, pod: Pod): boolean => selects(spec.selector, pod.metadata.labels ?? {}) === true;

/** The current state of the service's budget. */
export async function budgetOf({ cluster, namespace, budget }: Target): Promise<Budget> {
  const found = await cluster.get<Budget>("poddisruptionbudget", budget, namespace);
  if (found === undefined) throw new UserError(`PodDisruptionBudget ${namespace}/${budget} is gone`, 2);
  return found;
}

async function serviceNamed(cluster: Cluster, namespace: string, name: string | undefined): Promise<Service> {
  const services = (await cluster.list<Service>("services", { namespace })).filter(({ spec }) => spec.selector);
  const names = services.map(({ metadata }) => metadata.name).join(", ") || "none";
  const found =
    name === undefined && services.length === 1 ? services[0] : services.find((one) => one.metadata.name === name);
  if (found) return found;
  const what = name === undefined ? "--service must say which" : `no Service "${name}" with a selector`;
  throw new UserError(`namespace ${namespace}: ${what}; there are: ${names}`, 2);
}

function portNamed({ metadata, spec }: Service, wanted: string | undefined): string {
  const ports = spec.ports ?? [];
  const found =
    wanted === undefined ? ports[0] : ports.find(({ name, port }) => name === wanted || String(port) === wanted);
  if (found) return found.name ?? String(found.port);
  const known = ports.map(({ name, port }) => (name === undefined ? `${port}` : `${name} (${port})`)).join(", ");
  throw new UserError(`Service ${metadata.name}: no port "${wanted}"; it has: ${known || "none"}`, 2);
}

/** The one budget that selects the pods. Throws a UserError for none and for several: without one nothing limits a drain, with several every eviction fails. */
export function budgetFor(name: string, pods: readonly Pod[], budgets: readonly Budget[]): Budget {
  const own = budgets.filter((budget) => pods.some((pod) => isOf(budget, pod)));
  const [only] = own;
  if (only === undefined) {
    throw new UserError(
      `Service ${name}: no PodDisruptionBudget selects its pods, so nothing would hold the drill back; add one (maxUnavailable: 1) first`,
      2,
    );
  }
  if (own.length > 1) {
    const names = own.map(({ metadata }) => metadata.name).join(", ");
    throw new UserError(
      `Service ${name}: several PodDisruptionBudgets select its pods (${names}), and then no eviction works`,
      2,
    );
  }
  return only;
}

/** Whether a budget allows an eviction now. */
export const allowsEviction = ({ status }: Budget): boolean => (status?.disruptionsAllowed ?? 0) > 0;

/** Throws a UserError for a budget that allows no eviction now, with its status. */
export function requireDisruptionAllowed(budget: Budget): void {
  if (allowsEviction(budget)) return;
  const { metadata, status } = budget;
  const healthy = `${status?.currentHealthy ?? 0} healthy, ${status?.desiredHealthy ?? 0} needed`;
  throw new UserError(
    `PodDisruptionBudget ${metadata.name} allows no disruption (${healthy}): nothing was evicted; wait until all pods are ready, or give the workload more replicas`,
    2,
  );
}

/** A Service and its pods, without its budget. */
export type ServiceTarget = Omit<Target, "budget">;

/** Finds a Service. Throws a UserError that lists the existing ones. */
export async function findService(
  cluster: Cluster,
  namespace: string,
  wanted: { readonly service?: string | undefined; readonly port?: string | undefined },
): Promise<ServiceTarget> {
  const service = await serviceNamed(cluster, namespace, wanted.service);
  const { name, labels, annotations } = service.metadata;
  const selector = Object.entries(service.spec.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  return {
    cluster,
    namespace,
    service: name,
    port: portNamed(service, wanted.port),
    selector,
    release: annotations?.["meta.helm.sh/release-name"],
    chart: labels?.["helm.sh/chart"],
  };
}

/** Seconds to wait for all pods to be ready before a drill is refused: after a rollout pods terminate and the budget's status is updated. */
const settling = 10;

/**
 * Finds the target of a drill with its pods, all of them ready. Throws a UserError for a service that must not be drilled, before anything is changed.
 * Transient reasons, a pod that is not ready or a budget that allows no disruption, are retried for ten seconds.
 */
export async function findTarget(
  cluster: Cluster,
  namespace: string,
  wanted: { readonly service?: string | undefined; readonly port?: string | undefined },
): Promise<{ readonly target: Target; readonly pods: readonly Pod[] }> {
  const target = await findService(cluster, namespace, wanted);
  for (const start = Date.now(); ; await sleep(500)) {
    // A terminating pod is no longer part of the service.
    const pods = (await podsOf(target)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (pods.length === 0) throw new UserError(`Service ${target.service}: it has no pods`, 2);
    const budget = budgetFor(target.service, pods, await budgetsIn(cluster, namespace));
    const unready = pods.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata.name);
    if ((unready.length > 0 || !allowsEviction(budget)) && Date.now() - start < settling * 1000) continue;
    if (unready.length > 0)
      throw new UserError(
        `Service ${target.service}: not every pod is ready (${unready.join(", ")}); a drill begins with a healthy service`,
        2,
      );
    requireDisruptionAllowed(budget);
    return { target: { ...target, budget: budget.metadata.name }, pods };
  }
}
