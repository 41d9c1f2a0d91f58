import { quantityOf } from "../policy/manifest/quantity";

/** Hard limits of a namespace's ResourceQuota. */
export type Quota = Readonly<Record<string, string>>;

/** Pods of one workload at its maximum, and the requests of each of them. */
export interface Load {
  readonly pods: number;
  readonly requests?: { readonly cpu: string; readonly memory: string } | undefined;
}

/** Quota of a namespace with a few small pods. */
export const usualQuota = {
  pods: "20",
  "requests.cpu": "4",
  "requests.memory": "4Gi",
  "services.loadbalancers": "0",
} as const satisfies Quota;

/** Quota for these workloads: each at its maximum, and the same number of pods again during rollouts, as terminating pods count too. */
export function quotaOf(loads: readonly Load[]): Quota & Record<keyof typeof usualQuota, string> {
  const sum = (each: (requests: NonNullable<Load["requests"]>) => string): number =>
    loads.reduce((total, { pods, requests }) => total + 2 * pods * ((requests && quantityOf(each(requests))) ?? 0), 0);
  return {
    pods: String(loads.reduce((total, { pods }) => total + 2 * pods, 0)),
    "requests.cpu": `${Math.ceil(sum(({ cpu }) => cpu) * 1000)}m`,
    "requests.memory": `${Math.ceil(sum(({ memory }) => memory) / 2 ** 20)}Mi`,
    "services.loadbalancers": "0",
  };
}

/** The same, but no amount below the usual one. */
export function roomyQuotaOf(loads: readonly Load[]): Quota {
  const needed = quotaOf(loads);
  const keys = Object.keys(usualQuota) as (keyof typeof usualQuota)[];
  return Object.fromEntries(
    keys.map((key) => [
      key,
      (quantityOf(needed[key]) ?? 0) > (quantityOf(usualQuota[key]) ?? 0) ? needed[key] : usualQuota[key],
    ]),
  );
}
