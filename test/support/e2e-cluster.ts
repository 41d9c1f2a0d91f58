import { gunzipSync } from "node:zlib";
import { kubectl as ask } from "../../cluster/local/api";
import { instanceOf } from "../../cluster/local/names";
import { clusterUp } from "../../cluster/local/up";
import { eventually } from "./run";

/** The cluster end-to-end tests of systems share: the one `npm run cluster:up` makes. It is left up. */
export const instance = instanceOf();

let ready: Promise<string> | undefined;
/** Brings the cluster up when it is not, once for all test files, with the images of the systems that most of them need. */
export function cluster(): Promise<string> {
  ready ??= clusterUp({ systems: ["mailroom", "companyos", "trevor"], log: () => {} });
  return ready;
}

/** Runs kubectl against the cluster as its administrator. Throws with kubectl's words when it fails. */
export const kubectl = (args: readonly string[], input?: string): Promise<string> => ask(instance, args, input);

/** Applies objects as one list. @param args more for kubectl, such as `--server-side` */
export const apply = (items: readonly unknown[], ...args: readonly string[]): Promise<string> =>
  kubectl(["apply", ...args, "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));

/** The same as their only manager: some definitions are too large for kubectl's annotation. */
export const applyServerSide = (items: readonly unknown[]): Promise<string> =>
  apply(items, "--server-side", "--force-conflicts");

/** What is common to every object. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly generation?: number;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** One object as the API server has it. */
export const object = async <T extends KubeObject>(...args: string[]): Promise<T> =>
  JSON.parse(await kubectl(["get", ...args, "-o", "json"])) as T;

/** Objects of some kinds, e.g. `objects("pods,jobs", "-n", "mail")`. */
export const objects = async <T extends KubeObject>(...args: string[]): Promise<T[]> =>
  (JSON.parse(await kubectl(["get", ...args, "-o", "json"])) as { items: T[] }).items;

/** Pods without those on their way out, which drain for a while after whatever replaced them is ready. */
export const livePods = async <T extends KubeObject>(...args: string[]): Promise<T[]> =>
  (await objects<T>("pods", ...args)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);

/** What `all` means, spelled out: as a word it takes in kinds that other tests add and take away, which kubectl remembers for hours. */
const workloads =
  "pods,services,replicationcontrollers,daemonsets.apps,deployments.apps,replicasets.apps,statefulsets.apps,horizontalpodautoscalers,cronjobs,jobs";
const kinds = `${workloads},configmaps,secrets,serviceaccounts,networkpolicies,resourcequotas,limitranges,persistentvolumeclaims`;

/** Kinds whose status the cluster writes at any time: their version is that of what was asked for. */
const moving = new Set(["Deployment", "ReplicaSet", "Job", "Pod", "ResourceQuota"]);

/** Stands behind what is on its way out, such as a pod that still drains. */
const leaving = "leaving";

/** Everything in namespaces, by identity and version: equal before and after when nothing was changed. */
export async function snapshot(namespaces: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(namespaces.map((namespace) => objects(kinds, "-n", namespace)));
  const own = (await objects("namespaces")).filter(({ metadata }) => namespaces.includes(metadata.name));
  return [...lists.flat(), ...own]
    .map(({ kind, metadata: { namespace = "", name, uid, generation = 0, resourceVersion, deletionTimestamp } }) =>
      [
        ...[kind, namespace, name, uid, moving.has(kind) ? generation : resourceVersion],
        ...(deletionTimestamp ? [leaving] : []),
      ].join(" "),
    )
    .sort();
}

/** The same, once the cluster has finished what was begun before: pods of deleted Jobs go, accounts of new namespaces come. */
export function settled(namespaces: readonly string[]): Promise<string[]> {
  const seen: string[] = [];
  return eventually("nothing moves any more", async () => {
    const now = await snapshot(namespaces);
    seen.unshift(JSON.stringify(now));
    const still = new Set(seen.slice(0, 4)).size === 1 && !now.some((line) => line.endsWith(` ${leaving}`));
    return seen.length > 3 && still && now;
  });
}

/**
 * Objects outside of any namespace, by kind and name. Left out: other namespaces than those given, as they come and go;
 * networking.k8s.io, where the cluster takes the address of a Service away a while after the Service; and measurements, which are no objects.
 */
export async function clusterWide(namespaces: readonly string[]): Promise<string[]> {
  const listed = await kubectl(["api-resources", "--namespaced=false", "--verbs=list", "-o", "name"]);
  const kinds = listed
    .split("\n")
    .filter((kind) => kind !== "" && kind !== "namespaces" && !/[.](networking|metrics)[.]k8s[.]io$/.test(kind));
  const names = (await kubectl(["get", kinds.join(","), "-o", "name"])).split("\n");
  const own = (await objects("namespaces")).map(({ metadata }) => metadata.name);
  return [...names, ...own.filter((name) => namespaces.includes(name))].filter((name) => name !== "").sort();
}

/** Helm's records of a namespace, newest first, opened. */
export async function helmRecords(
  namespace: string,
  release = "mailroom",
): Promise<{ revision: number; status: string; text: string }[]> {
  const records = await objects("secrets", "-n", namespace, "-l", `owner=helm,name=${release}`);
  return records
    .map(({ metadata, data }) => ({
      revision: Number(metadata.labels?.version),
      status: metadata.labels?.status ?? "",
      text: opened(data?.release ?? ""),
    }))
    .sort((a, b) => b.revision - a.revision);
}

/** Helm stores base64 of gzip of JSON, which the API server encodes once more. */
const opened = (data: string): string =>
  gunzipSync(Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64")).toString("utf8");
