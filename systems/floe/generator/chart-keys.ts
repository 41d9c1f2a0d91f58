/** Keys of the charts' values that the generator and its plugins write: the only file to change when a chart renames one. */
import type { Values } from "./tree";

/** Charts that values are generated for. */
export const chartNames = ["floe-platform", "floe-jobs"] as const;
export type ChartName = (typeof chartNames)[number];

/** Paths of keys, by their meaning. */
export const keys = {
  environment: ["global", "environment"],
  preset: ["resourcePreset"],
  artifacts: ["artifacts"],
  codeLocations: ["dagster", "dagster-user-deployments", "deployments"],
  collectorReplicas: ["otel", "replicaCount"],
  collectorAutoscaling: ["otel", "autoscaling"],
  catalog: ["polaris", "enabled"],
  objectStorage: ["objectStorage"],
  lineage: ["marquez", "enabled"],
  jobs: ["jobs"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Key of the platform and of each job that holds an artifact as text. */
export const artifactsKey = keys.artifacts[0];

/** One value at a path of keys. */
export const at = (path: readonly string[], value: unknown): Values =>
  path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;

/** The value at a path of keys. */
export const read = (tree: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key) ? (inner as Values)[key] : undefined,
    tree,
  );

/** The keys whose values are not `undefined`. */
export const present = (map: Readonly<Record<string, unknown>>): Values =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
