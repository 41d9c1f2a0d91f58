import { nearest } from "../policy/config/nearest";
import type { Profile } from "../policy/rules/rule";

/** What a system's own environment requires of its stack. */
export interface SystemEnvironment {
  /** Required `environment` of the stack: how strict it is. */
  readonly profile: Profile;
  /** Cluster of `clusters` that it is deployed to. @default any */
  readonly cluster?: string;
}

/** The cluster a stack may change. */
export interface StackCluster {
  readonly context: string;
  /** UID of the cluster. @default any cluster behind the context */
  readonly uid?: string | undefined;
  /** Its name in `clusters`. @default the stack declares the cluster itself */
  readonly name?: string;
}

/** `clusters` of a stack: clusters by name. */
type Clusters = Readonly<Record<string, { readonly context: string; readonly uid: string }>>;

/** The cluster that a stack declares or refers to by name; an error line when there is none of that name. */
export function clusterOf(
  { name, context = "", uid }: { readonly name?: string; readonly context?: string; readonly uid?: string },
  clusters: Clusters = {},
  project: string,
): StackCluster | string {
  if (name === undefined) return { context, ...(uid !== undefined && { uid }) };
  const found = Object.hasOwn(clusters, name) ? clusters[name] : undefined;
  if (found !== undefined) return { name, ...found };
  const meant = nearest(name, Object.keys(clusters));
  const hint = meant ? `did you mean "${meant}"?` : `there are: ${Object.keys(clusters).join(", ") || "none"}`;
  return `${project}:cluster.name: no cluster of ${project}:clusters; ${hint}`;
}

/** A system's own environments. */
export interface OwnEnvironments {
  readonly environments?: Readonly<Record<string, SystemEnvironment>>;
  /** Key of its configuration that names one. @default "environment" */
  readonly environmentKey?: string;
}

/** Errors of a stack whose environment is not the one that a system's own environment requires, or that is on another cluster. */
export function environmentMistakes(
  name: string,
  { environments = {}, environmentKey = "environment" }: OwnEnvironments,
  config: unknown,
  stack: { readonly environment: unknown; readonly cluster: StackCluster },
  project: string,
): string[] {
  const { [environmentKey]: named, enabled } = config as { readonly [key: string]: unknown };
  const environment = typeof named === "string" ? named : undefined;
  const own =
    environment !== undefined && Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  if (own === undefined || enabled === false || stack.environment === undefined) return [];
  const key = `${project}:${name}.${environmentKey}`;
  const lines: string[] = [];
  if (own.profile !== stack.environment)
    lines.push(`${key}: ${environment} has to be as strict as ${own.profile}; set ${project}:environment to it`);
  if (own.cluster !== undefined && own.cluster !== stack.cluster.name)
    lines.push(
      `${key}: ${environment} belongs on the cluster ${own.cluster}; set ${project}:cluster to {name: ${own.cluster}}, and ${project}:clusters.${own.cluster} to its context and uid`,
    );
  return lines;
}
