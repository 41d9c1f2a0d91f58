import { podSecurityChecks } from "../../policy/pod-security/registry";

/** Areas of an audit, in the order of its table. */
export const areas = [
  "resources",
  "probes",
  "disruption budget",
  "security context",
  "image digest",
  "secrets",
  "scaling",
  "spread",
  "rest",
] as const;
export type Area = (typeof areas)[number];

const rulesOf: Readonly<Partial<Record<Area, readonly string[]>>> = {
  resources: ["resources"],
  probes: ["probes"],
  "disruption budget": ["disruption-budget", "disruption-budget-selects-nothing"],
  "security context": [
    ...podSecurityChecks.map(({ id }) => id),
    "pod-fields",
    "read-only-root-filesystem",
    "writable-tmp",
    "run-as-user-numeric",
    "host-access",
    "host-aliases",
    "default-service-account",
    "service-account-token",
  ],
  "image digest": [
    "image-digest",
    "image-tag-forbidden",
    "image-signature",
    "image-signature-unchecked",
    "registry-allow-list",
    "scan-report",
  ],
  secrets: ["secret-in-values"],
  scaling: ["autoscaler-bounds", "autoscaler-conflict", "replicas-fixed-with-autoscaler"],
  spread: ["topology-spread"],
};

const byRule = new Map(areas.flatMap((area) => (rulesOf[area] ?? []).map((rule) => [rule, area] as const)));

/** The area that a rule's findings are shown in; "rest" for a rule of none of them, so that no finding is lost. */
export const areaOf = (rule: string): Area => byRule.get(rule) ?? "rest";

/** Rules that an area names, to compare the table with the pack's list. */
export const mappedRules = (): readonly string[] => [...byRule.keys()];
