import type { Cluster } from "../../cluster/cluster";

/** The fields of a pod that tell which attempt of a Job it was. */
export interface AttemptPod {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}
interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly backoffLimit?: number };
}

const jobOf = ({ metadata: { labels } }: AttemptPod): string | undefined => labels?.["batch.kubernetes.io/job-name"];

/**
 * Pods of a namespace with their display names: of each Job only the last pod, as all attempts fail alike, with the number of the
 * attempt and the maximum where that is above one; any other pod by its name alone.
 */
export async function lastAttempts<T extends AttemptPod>(
  cluster: Cluster,
  namespace: string,
  pods: readonly T[],
): Promise<{ readonly pod: T; readonly called: string }[]> {
  const named = (pod: T): string => `pod ${pod.metadata.name}`;
  const others = pods.filter((pod) => jobOf(pod) === undefined).map((pod) => ({ pod, called: named(pod) }));
  const names = [...new Set(pods.flatMap((pod) => jobOf(pod) ?? []))];
  if (names.length === 0) return others;
  const jobs = await cluster.list<Job>("jobs", { namespace });
  const last = names.flatMap((name) => {
    const tried = pods
      .filter((pod) => jobOf(pod) === name)
      .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
    const pod = tried.at(-1);
    const limit = jobs.find(({ metadata }) => metadata.name === name)?.spec.backoffLimit;
    if (pod === undefined) return [];
    if (limit === 0) return [{ pod, called: named(pod) }];
    const of = limit === undefined ? "" : ` of ${limit + 1}`;
    return [{ pod, called: `${named(pod)} (attempt ${tried.length}${of} of Job ${name})` }];
  });
  return [...others, ...last];
}
