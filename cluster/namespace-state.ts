import type { Cluster } from "./cluster";
import { ownerAnnotation, repairsAnnotation } from "./labels";
import { podSecurityLabels } from "./pod-security-labels";

/** A live namespace, compared with what the stack wants of it. */
export interface NamespaceState {
  /** `<project>/<stack>` it belongs to; undefined when it has no owner annotation. */
  readonly owner?: string | undefined;
  /** Pod Security labels that are missing or other than wanted. */
  readonly drifted: readonly string[];
  /** How often this stack has restored its labels so far. */
  readonly repairs: number;
}

/** The live namespace against what this stack wants of it, or undefined when there is none. */
export async function observeNamespace(
  cluster: Cluster,
  name: string,
  version: string,
): Promise<NamespaceState | undefined> {
  const live = await cluster.get<NamespaceObject>("namespace", name);
  return live && namespaceState(live, version);
}

/** What is read of a namespace. */
export interface NamespaceObject {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** A namespace against what this stack wants of it. */
export function namespaceState({ metadata }: NamespaceObject, version: string): NamespaceState {
  const { labels = {}, annotations = {} } = metadata;
  const wanted = Object.entries(podSecurityLabels(version));
  return {
    owner: annotations[ownerAnnotation],
    drifted: wanted.filter(([key, value]) => labels[key] !== value).map(([key]) => key),
    repairs: Number(annotations[repairsAnnotation] ?? 0),
  };
}
