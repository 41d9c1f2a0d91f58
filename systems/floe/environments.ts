/** Logical environments of floe and the clusters they are mapped to. */
import { z } from "zod";
import type { SystemEnvironment } from "../../config/environments";
import { configIssues } from "../../policy/config/explain-config";
import { nearest } from "../../policy/config/nearest";
import { profiles } from "../../policy/evaluate/profiles";
import { dnsLabel, type Resources, resources } from "../schema";

/** Names of resource presets; `custom` means that every amount is given by hand. */
export const presetNames = ["small", "medium", "large", "custom"] as const;
const presetName = z
  .enum(presetNames, `expected one of ${presetNames.join(", ")}`)
  .describe("Resource preset; custom: all amounts are given in the values.");

/** Resources of one preset, for those that an artifact does not set. */
export const resourcePreset = z.strictObject({
  userCode: resources.describe("A Dagster code location."),
  job: resources.describe("A dbt job."),
});
export type ResourcePreset = z.output<typeof resourcePreset>;

const amounts = (cpu: string, memory: string, mostCpu: string, mostMemory: string): Resources => ({
  requests: { cpu, memory },
  limits: { cpu: mostCpu, memory: mostMemory },
});

/** The presets by name; a code location has the amounts of the platform chart's own presets. A code server takes about 140 MB at rest, dbt about 200 MB. */
export const resourcePresets: Readonly<Record<Exclude<(typeof presetNames)[number], "custom">, ResourcePreset>> = {
  small: { userCode: amounts("50m", "192Mi", "1", "512Mi"), job: amounts("100m", "256Mi", "1", "512Mi") },
  medium: { userCode: amounts("100m", "256Mi", "2", "1Gi"), job: amounts("250m", "512Mi", "2", "1Gi") },
  large: { userCode: amounts("250m", "512Mi", "4", "2Gi"), job: amounts("500m", "1Gi", "4", "4Gi") },
};

interface Known extends Pick<SystemEnvironment, "profile"> {
  readonly preset: (typeof presetNames)[number];
  /** Which values-<overlay>.yaml of a chart applies. @default the profile's */
  readonly overlay?: string;
}

/** Defaults of environments with well-known names. `test` is what CI installs. */
const known: Readonly<Record<string, Known>> = {
  dev: { profile: "dev", preset: "small" },
  test: { profile: "dev", preset: "small", overlay: "test" },
  qa: { profile: "dev", preset: "small" },
  uat: { profile: "staging", preset: "medium" },
  staging: { profile: "staging", preset: "medium" },
  prod: { profile: "prod", preset: "large" },
};

const environmentName = dnsLabel("an environment's name", 40);
const mappedEnvironment = z.union(
  [
    environmentName,
    z.strictObject({
      name: environmentName.describe("Name of the environment."),
      profile: z.enum(profiles).describe("Profile of the policy pack."),
      preset: presetName.optional(),
      overlay: dnsLabel("an overlay's name").optional().describe("Which values-<overlay>.yaml of a chart applies."),
    }),
  ],
  "expected the name of an environment, or {name, profile}",
);

/** Which logical environments run on which cluster. Cluster names are those of `hardened:clusters`, which has their contexts. */
export const clusterMapping = z.record(
  dnsLabel("a cluster's name"),
  z.strictObject({
    environments: z
      .array(mappedEnvironment)
      .min(1, "a cluster without an environment; name one or remove the cluster")
      .describe("Logical environments on this cluster, each on one cluster only."),
    namespaceTemplate: z
      .string()
      .default("floe-{env}")
      .describe("Name of an environment's namespace; {env} stands for the environment."),
    preset: presetName.optional().describe("Resource preset of its environments. Default: by environment."),
  }),
);
export type ClusterMapping = z.input<typeof clusterMapping>;

/** Five environments on two clusters, and the one of CI. */
export const defaultMapping: ClusterMapping = {
  nonprod: { environments: ["dev", "test", "qa", "uat", "staging"] },
  prod: { environments: ["prod"] },
};

/** One environment with all defaults applied. */
export interface Environment extends SystemEnvironment {
  readonly name: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly preset: (typeof presetNames)[number];
  readonly overlay: string;
}
/** Environments by name. */
export type Environments = Readonly<Record<string, Environment>>;

/** The environments of a mapping, or all its errors: lines that begin with a JSON pointer. */
export function environmentsOf(
  mapping: unknown,
): { readonly environments: Environments } | { readonly mistakes: readonly string[] } {
  const parsed = clusterMapping.safeParse(mapping);
  if (!parsed.success)
    return {
      mistakes: configIssues(parsed.error, clusterMapping).map(
        ({ path, message }) => `/${path.map(String).join("/")}: ${message}`,
      ),
    };
  const mistakes: string[] = [];
  const found = new Map<string, Environment>();
  for (const [cluster, { environments, namespaceTemplate, preset }] of Object.entries(parsed.data)) {
    const namespaces = new Map<string, string>();
    for (const [index, given] of environments.entries()) {
      const at = `/${cluster}/environments/${index}`;
      const own = typeof given === "string" ? { name: given } : given;
      const usual = Object.hasOwn(known, own.name) ? known[own.name] : undefined;
      const profile = "profile" in own ? own.profile : usual?.profile;
      const namespace = namespaceTemplate.replaceAll("{env}", own.name);
      const other = found.get(own.name);
      const shared = namespaces.get(namespace);
      const named = dnsLabel("a namespace's name").safeParse(namespace);
      if (other !== undefined)
        mistakes.push(`${at}: ${own.name} is mapped twice, to ${other.cluster} and to ${cluster}; keep one`);
      else if (shared !== undefined)
        mistakes.push(
          `/${cluster}/namespaceTemplate: ${shared} and ${own.name} would share the namespace "${namespace}"; use {env} in it`,
        );
      if (profile === undefined)
        mistakes.push(
          `${at}: ${own.name} needs its profile: {name: ${own.name}, profile: dev|staging|prod}; without one are known: ${Object.keys(known).join(", ")}`,
        );
      if (!named.success)
        mistakes.push(
          `/${cluster}/namespaceTemplate: "${namespace}" for ${own.name} is no namespace: ${named.error.issues[0]?.message}`,
        );
      if (other !== undefined || profile === undefined) continue;
      namespaces.set(namespace, own.name);
      const chosen = ("preset" in own ? own.preset : undefined) ?? preset ?? usual?.preset ?? "custom";
      const overlay = ("overlay" in own ? own.overlay : undefined) ?? usual?.overlay ?? profile;
      found.set(own.name, { name: own.name, profile, cluster, namespace, preset: chosen, overlay });
    }
  }
  return mistakes.length > 0 ? { mistakes } : { environments: Object.fromEntries(found) };
}

const ofDefault = environmentsOf(defaultMapping);
/** The environments of the default mapping, which a stack may use. */
export const defaultEnvironments: Environments = "environments" in ofDefault ? ofDefault.environments : {};

/** An environment by its name, or an error message. */
export function environmentOf(name: string, environments: Environments): Environment | string {
  if (Object.hasOwn(environments, name)) return environments[name] as Environment;
  const mapped = Object.keys(environments);
  const all = `known: ${mapped.join(", ") || "none"}`;
  if (Object.hasOwn(known, name)) return `environment "${name}" is not mapped to a cluster; ${all}`;
  const meant = nearest(name, mapped);
  return `unknown environment "${name}"; ${meant ? `did you mean "${meant}"? ` : ""}${all}`;
}
