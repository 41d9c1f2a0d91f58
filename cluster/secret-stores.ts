import type { Need } from "./capabilities";
import { type Cluster, unlessForbidden } from "./cluster";

/** Kinds of stores the External Secrets Operator reads: one for the cluster, or one of a namespace. */
export const storeKinds = ["ClusterSecretStore", "SecretStore"] as const;
export type StoreKind = (typeof storeKinds)[number];

/** A store that a part of the configuration reads from. */
export interface RequiredStore {
  readonly kind: StoreKind;
  readonly name: string;
  /** Key path that names it. */
  readonly by: string;
}

/**
 * What credentials from the External Secrets Operator require of the cluster, for a system's `ReleaseRequirements`.
 * @param by key path that says so, as "hardened:<system>.credentials"
 */
export function externalRequirements(
  by: string,
  source: { readonly storeKind?: StoreKind | undefined; readonly storeName: string },
): { readonly needs: readonly Need[]; readonly stores: readonly RequiredStore[] } {
  const otherwise = `take the credentials from elsewhere (${by}.from)`;
  return {
    needs: [{ capability: "external-secrets-operator", by, otherwise }, reloaderNeed(by)],
    stores: [{ kind: source.storeKind ?? "ClusterSecretStore", name: source.storeName, by: `${by}.storeName` }],
  };
}

/** The controller that restarts pods as soon as the operator writes a new value into their Secret; without it the next run of the stack does. */
export const reloaderNeed = (by: string): Need => ({
  capability: "reloader",
  by,
  without: "a new value of the store reaches the pods with the next `hardened up`, not before",
  otherwise: "run `hardened up` after every rotation",
});

/** What is read of a store. */
export interface Store {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

interface StoreFaults {
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Whether the stores exist, and whether the operator reaches them: one that is missing is an error, one that is not ready a
 * warning with the operator's message. Without the permission to read stores nothing is reported; the objects' status will be.
 * @param namespace where a SecretStore has to be
 */
export async function storeFaults(
  cluster: Cluster,
  namespace: string,
  wanted: readonly RequiredStore[],
): Promise<StoreFaults> {
  const found: StoreFaults[] = [];
  for (const kind of storeKinds) {
    const asked = wanted.filter((one) => one.kind === kind);
    if (asked.length === 0) continue;
    const inside = kind === "SecretStore" ? { namespace } : {};
    const stores = await unlessForbidden(cluster.list<Store>(resourceOf(kind), inside), undefined);
    if (stores !== undefined) found.push(faultsAmong(stores, asked, namespace));
  }
  return { mistakes: found.flatMap(({ mistakes }) => mistakes), warnings: found.flatMap(({ warnings }) => warnings) };
}

/** The same for the stores there are of one kind. `asked`: all of that kind. */
export function faultsAmong(stores: readonly Store[], asked: readonly RequiredStore[], namespace: string): StoreFaults {
  const mistakes: string[] = [];
  const warnings: string[] = [];
  const names = stores.map(({ metadata }) => metadata.name);
  for (const { kind, name, by } of asked) {
    const store = stores.find(({ metadata }) => metadata.name === name);
    const called = `${kind} ${kind === "SecretStore" ? `${namespace}/` : ""}${name}`;
    if (store === undefined) mistakes.push(`${called} does not exist, and ${by} names it; ${whatThen(names)}`);
    const ready = store?.status?.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status === "False") warnings.push(`${called} of ${by} is not ready: ${ready.message ?? "no reason"}`);
  }
  return { mistakes, warnings };
}

const whatThen = (names: readonly string[]): string =>
  names.length > 0 ? `name one there is (${names.join(", ")}), or make it` : "there is none, make it";

/** Resource of a kind of stores, as kubectl takes it. */
const resourceOf = (kind: StoreKind): string => `${kind.toLowerCase()}s.external-secrets.io`;
