import { nearest } from "../policy/config/nearest";
import type { Profile } from "../policy/rules/rule";

/** What an environment of a system's own means for the stack it is deployed by. */
export interface SystemEnvironment {
  /** How strict the stack has to be: its `environment`. */
  readonly profile: Profile;
  /** Cluster of `clusters` it belongs on. @default any */
  readonly cluster?: string;
}

/** The cluster a stack may change. */
export interface StackCluster {
  readonly context: string;
  /** Without one, any cluster behind the context. */
  readonly uid?: string | undefined;
  /** Its name in `clusters`, where the stack names it so. */
  readonly name?: string;
}

/** Clusters by name, as `clusters` of a stack says them. */
type Clusters = Readonly<Record<string, { readonly context: string; readonly uid: string }>>;

/** The cluster that a stack's file says or names; a line when there is none of that name. */
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

/** What a system says of environments of its own. */
export interface OwnEnvironments {
  readonly environments?: Readonly<Record<string, SystemEnvironment>>;
  /** Key of its configuration that names one. @default "environment" */
  readonly environmentKey?: string;
}

/** A system's own environment belongs into a stack that is as strict as it asks for, on the cluster it is for. */
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
