/** The three profiles of zen: what each of them enables, allows and refuses. One table for the chart, the configuration, the examples and the guide. Pure. */
import type { Profile as PackProfile } from "../../policy/rules/rule";

export const profileNames = ["local", "gitops", "aws"] as const;
export type ProfileName = (typeof profileNames)[number];

/** Modes of the agent, by the key of the chart's values that selects them. */
export const modes = {
  "execution.modes": ["ssa-immediate", "ssa-scheduled", "gitops-immediate"],
  "approval.modes": ["ui-immediate", "slack", "scheduled"],
  "validation.probes": ["basic", "http", "kubernetes", "metrics"],
  "rollback.modes": ["automatic", "manual", "git-revert"],
} as const;
export type ModeKey = keyof typeof modes;
export const modeKeys = Object.keys(modes) as ModeKey[];

/** Names of the mode for scheduled pull requests, which is only planned. */
export const scheduledGitops = ["scheduled-gitops", "gitops-scheduled"] as const;

export interface ProfileTable {
  /** Its purpose, on one line. */
  readonly summary: string;
  /** Environment of the stack: how strict the policy pack is. */
  readonly environment: PackProfile;
  /** Allowed modes of the incident flow. */
  readonly modes: { readonly [K in ModeKey]: readonly (typeof modes)[K][number][] };
  /** Registries its images may come from; `/*` at the end is everything below. */
  readonly registries: readonly string[];
  /** Whether connections to the SaaS without TLS are allowed. */
  readonly http: boolean;
}

/** Registries by what they are for. A name without a registry is Docker Hub's. */
export const registries = {
  preferred: "kubezen/*",
  internal: "registry.kube-zen.io:5000/*",
  ci: "ghcr.io/kube-zen/*",
} as const;

/** The table of the profiles. */
export const profiles: Readonly<Record<ProfileName, ProfileTable>> = {
  local: {
    summary: "a k3d cluster on one's own machine: fast, with the least security",
    environment: "dev",
    modes: {
      "execution.modes": ["ssa-immediate"],
      "approval.modes": ["ui-immediate"],
      "validation.probes": ["basic"],
      "rollback.modes": ["automatic"],
    },
    registries: [registries.preferred, registries.internal, registries.ci],
    http: true,
  },
  gitops: {
    summary: "changes as pull requests in a Git repository, approved by people",
    environment: "staging",
    modes: {
      "execution.modes": ["ssa-immediate", "ssa-scheduled", "gitops-immediate"],
      "approval.modes": ["ui-immediate", "slack"],
      "validation.probes": ["http", "kubernetes", "metrics"],
      "rollback.modes": ["automatic", "git-revert"],
    },
    registries: [registries.preferred, registries.ci],
    http: false,
  },
  aws: {
    summary: "an EKS cluster in production: every security feature is on",
    environment: "prod",
    modes: {
      "execution.modes": ["ssa-immediate", "ssa-scheduled", "gitops-immediate"],
      "approval.modes": ["ui-immediate", "slack", "scheduled"],
      "validation.probes": ["basic", "http", "kubernetes", "metrics"],
      "rollback.modes": ["automatic", "manual"],
    },
    registries: [registries.preferred],
    http: false,
  },
};

/** A requirement of some profiles; in the others a value that does not meet it is reported as a relaxation. */
export interface Requirement {
  /** Short name. */
  readonly feature: string;
  /** Keys of the chart's values; one of them is enough. Messages name the first. */
  readonly keys: readonly [string, ...string[]];
  /** Required value: exactly this, at least this number, or any non-empty value. */
  readonly want: { readonly is: boolean | string } | { readonly least: number } | { readonly set: true };
  /** Profiles that refuse anything else. */
  readonly profiles: readonly ProfileName[];
  /** Controls that it implements. */
  readonly controls: readonly string[];
  /** Threats it mitigates. */
  readonly threats: readonly string[];
  /** The risk without it. */
  readonly without: string;
  /** One of the five features of the production target. */
  readonly production: boolean;
}

/** All requirements, in the order in which they are reported. */
export const requirements: readonly Requirement[] = [
  {
    feature: "mutual TLS",
    keys: ["tls.enabled"],
    want: { is: true },
    profiles: ["gitops", "aws"],
    controls: ["ISO A.8.5", "RM-SEC-001"],
    threats: ["T3"],
    without: "the SaaS does not know who the agent is, and anyone on the way reads what they say",
    production: true,
  },
  {
    feature: "verification of the server's certificate",
    keys: ["tls.insecure"],
    want: { is: false },
    profiles: ["gitops", "aws"],
    controls: ["ISO A.8.5"],
    threats: ["T3"],
    without: "anyone can pass for the SaaS",
    production: false,
  },
  {
    feature: "scoped RBAC",
    keys: ["rbac.mode"],
    want: { is: "scoped" },
    profiles: ["gitops", "aws"],
    controls: ["SOC2 CC6.1", "RM-HELM-001"],
    threats: ["T1", "T9"],
    without: "the agent may change the named kinds in every namespace, also the NetworkPolicy that holds it",
    production: true,
  },
  {
    feature: "enforced NetworkPolicy",
    keys: ["networkPolicy.enabled"],
    want: { is: true },
    profiles: ["gitops", "aws"],
    controls: ["SOC2 CC6.7", "ISO A.8.12"],
    threats: ["T1"],
    without: "the agent reaches any address",
    production: true,
  },
  {
    feature: "enforced NetworkPolicy of the watcher",
    keys: ["zen-watcher.networkPolicy.enabled"],
    want: { is: true },
    profiles: ["gitops", "aws"],
    controls: ["SOC2 CC6.7", "ISO A.8.12"],
    threats: ["T1"],
    without: "the watcher reaches any address",
    production: false,
  },
  {
    feature: "high availability",
    keys: ["replicaCount"],
    want: { least: 2 },
    profiles: ["aws"],
    controls: ["RM-AGENT-002"],
    threats: ["T1", "T8"],
    without: "nobody answers the SaaS while the one pod is away",
    production: true,
  },
  {
    feature: "external secrets",
    keys: ["saas.externalSecret.enabled", "saas.existingSecret"],
    want: { set: true },
    profiles: ["aws"],
    controls: ["RM-AGENT-004"],
    threats: ["T2"],
    without: "no store keeps and renews the bootstrap token",
    production: true,
  },
  {
    feature: "a public chain of trust",
    keys: ["caMount.enabled"],
    want: { is: false },
    profiles: ["aws"],
    controls: ["ISO A.8.5"],
    threats: ["T3"],
    without: "an authority of one's own, such as mkcert's, vouches for the SaaS",
    production: false,
  },
];

/** A value by its key path, such as `tls.enabled`. */
export function valueAt(values: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
      values,
    );
}

/** Whether values meet a requirement; one of a disabled part is met. */
export function isMet({ keys, want }: Requirement, values: unknown): boolean {
  const given = keys.map((key) => valueAt(values, key));
  if (keys[0].startsWith("zen-watcher.") && valueAt(values, "zen-watcher.enabled") === false) return true;
  if ("least" in want) return Number(given[0]) >= want.least;
  if ("set" in want) return given.some(Boolean);
  return given[0] === want.is;
}

/** The required value as text. */
export function wantedOf({ keys, want }: Requirement): string {
  if ("least" in want) return `set it to ${want.least} or more`;
  if ("set" in want) return `set ${keys.join(" or ")}`;
  return `set it to ${want.is}`;
}

/** Requirements that values do not meet: those that the profile refuses, and those that it only reports. */
export function unmet(profile: ProfileName, values: unknown) {
  const open = requirements.filter((one) => !isMet(one, values));
  return {
    refused: open.filter((one) => one.profiles.includes(profile)),
    relaxed: open.filter((one) => !one.profiles.includes(profile)),
  };
}
