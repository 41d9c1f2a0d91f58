/** Kubernetes' own kinds by version of the API server: which are served, since and up to when, and whether they live in a namespace. The data are
 *  in kubernetes-kinds.ts, generated from the API server's discovery. Pure. */
import { kubernetesKinds } from "./kubernetes-kinds";

/** Where objects of a kind live: in a namespace, or once in a cluster. */
export type KindScope = "Cluster" | "Namespaced";

/** A kind of one version of an API group, with the minor versions of Kubernetes that have it. */
export interface KnownKind {
  /** As an object says it, e.g. "apps/v1". */
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined for what only a subresource is asked with, such as Scale: no object is of that kind. */
  readonly scope: KindScope | undefined;
  /** First and last minor version that has it; the ends of the table when it is older or still there. */
  readonly from: number;
  readonly to: number;
  /** False for alpha and beta versions, which an administrator has to switch on. */
  readonly stock: boolean;
}

const marks: Readonly<Record<string, KindScope | undefined>> = { "": "Namespaced", "!": "Cluster", "~": undefined };

/** Rows as kubernetes-kinds.ts has them: an apiVersion, minor versions, "off" for what is off by default, and kinds: `Node!` belongs to the cluster,
 *  `Scale~` only to a subresource. */
export function readKinds(rows: string): KnownKind[] {
  const lines = rows.split("\n").filter((row) => row !== "");
  return lines.flatMap((row) => {
    const [apiVersion = "", minors = "", ...words] = row.split(" ");
    const [from = 0, to = 0] = minors.split("-").map(Number);
    const kinds = words.filter((word) => word !== "off");
    const stock = kinds.length === words.length;
    return kinds.map((word) => {
      const [, kind = "", mark = ""] = /^(\w+)([!~]?)$/.exec(word) ?? [];
      return { apiVersion, kind, scope: marks[mark], from, to, stock };
    });
  });
}

/** The same as rows, one for all kinds of a version that came and went together. */
export function writeKinds(kinds: readonly KnownKind[]): string {
  const rows = new Map<string, string[]>();
  for (const { apiVersion, kind, scope, from, to, stock } of kinds) {
    const head = `${apiVersion} ${from}-${to}${stock ? "" : " off"}`;
    const mark = Object.entries(marks).find(([, one]) => one === scope)?.[0] ?? "";
    rows.set(head, [...(rows.get(head) ?? []), kind + mark]);
  }
  const order = ([one]: [string, string[]], other: [string, string[]]) => (one < other[0] ? -1 : 1);
  return [...rows]
    .sort(order)
    .map(([head, words]) => `${head} ${words.sort().join(" ")}\n`)
    .join("");
}

/** Every kind of Kubernetes itself that the table has. */
export const knownKinds: readonly KnownKind[] = readKinds(kubernetesKinds);

/** First and last minor version of Kubernetes in the table. */
export const knownMinors = {
  first: Math.min(...knownKinds.map(({ from }) => from)),
  last: Math.max(...knownKinds.map(({ to }) => to)),
} as const;

/** API group of an apiVersion, "" for core. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes("/") ? apiVersion.replace(/\/.*$/s, "") : "";

const ownGroups = new Set(knownKinds.map(({ apiVersion }) => groupOf(apiVersion)));

/** Whether a group is one of Kubernetes itself: its kinds are in the table. */
export const isOwnGroup = (group: string): boolean => ownGroups.has(group);
