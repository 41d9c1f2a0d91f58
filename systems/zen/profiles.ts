/** The three profiles of zen: what each of them turns on, allows and refuses. One table for the chart, the configuration, the examples and the guide. Pure. */
import type { Profile as PackProfile } from "../../policy/rules/rule";

export const profileNames = ["local", "gitops", "aws"] as const;
export type ProfileName = (typeof profileNames)[number];

/** What the agent can do, by the key of the chart's values that chooses it. */
export const modes = {
  "execution.modes": ["ssa-immediate", "ssa-scheduled", "gitops-immediate"],
  "approval.modes": ["ui-immediate", "slack", "scheduled"],
  "validation.probes": ["basic", "http", "kubernetes", "metrics"],
  "rollback.modes": ["automatic", "manual", "git-revert"],
} as const;
export type ModeKey = keyof typeof modes;
export const modeKeys = Object.keys(modes) as ModeKey[];

/** Words for a pull request at a later time, which the product only plans. */
export const scheduledGitops = ["scheduled-gitops", "gitops-scheduled"] as const;

export interface ProfileTable {
  /** What it is for, on one line. */
  readonly summary: string;
  /** Environment of the stack: how strict the policy pack is. */
  readonly environment: PackProfile;
  /** Modes of the incident flow; exactly these. */
  readonly modes: { readonly [K in ModeKey]: readonly (typeof modes)[K][number][] };
  /** Registries its images may come from; `/*` at the end is everything below. */
  readonly registries: readonly string[];
  /** Whether the SaaS may be spoken to without TLS. */
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

/** Something that has to be as it says in some profiles, and is told of as a relaxation in the others. */
export interface Requirement {
  /** What it is, in a word or two. */
  readonly feature: string;
  /** Keys of the chart's values; one of them is enough. The first is the one that is named. */
  readonly keys: readonly [string, ...string[]];
  /** What the value has to be: this, at least this many, or anything that is not empty. */
  readonly want: { readonly is: boolean | string } | { readonly least: number } | { readonly set: true };
  /** Profiles that refuse anything else. */
  readonly profiles: readonly ProfileName[];
  /** What it is a control of. */
  readonly controls: readonly string[];
  /** Threats it mitigates. */
  readonly threats: readonly string[];
  /** What is lost without it. */
  readonly without: string;
  /** One of the five features of the production target. */
  readonly production: boolean;
}

/** All requirements, in the order they are told. */
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

/** Whether values are as a requirement says; what is switched off with the part it belongs to is no matter. */
export function isMet({ keys, want }: Requirement, values: unknown): boolean {
  const given = keys.map((key) => valueAt(values, key));
  if (keys[0].startsWith("zen-watcher.") && valueAt(values, "zen-watcher.enabled") === false) return true;
  if ("least" in want) return Number(given[0]) >= want.least;
  if ("set" in want) return given.some(Boolean);
  return given[0] === want.is;
}

/** What a requirement asks for, in words. */
export function wantedOf({ keys, want }: Requirement): string {
  if ("least" in want) return `set it to ${want.least} or more`;
  if ("set" in want) return `set ${keys.join(" or ")}`;
  return `set it to ${want.is}`;
}

/** Requirements that values do not meet: those the profile refuses, and those it lets be and tells of. */
export function unmet(profile: ProfileName, values: unknown) {
  const open = requirements.filter((one) => !isMet(one, values));
  return {
    refused: open.filter((one) => one.profiles.includes(profile)),
    relaxed: open.filter((one) => !one.profiles.includes(profile)),
  };
}
