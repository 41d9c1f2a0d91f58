import type { Evidence } from "../../components/evidence";
import type { Profile } from "../../policy/rules/rule";
import type { EvidenceKind, IndexEntry } from "./evidence";
import type { SecurityTargets } from "./security-targets";

/** One of the four gates before a system counts as ready. */
export interface Gate {
  readonly gate: string;
  readonly passed: boolean;
  /** Reasons why it is open, a sentence each. */
  readonly open: readonly string[];
  /** Evidence files, passed or not. */
  readonly evidence: readonly string[];
}

const gateOf = (gate: string, open: readonly string[], evidence: readonly string[]): Gate => ({
  gate,
  passed: open.length === 0,
  open,
  evidence: [...new Set(evidence)],
});

/** How evidence is evaluated. */
export interface Looking {
  readonly stack: string;
  readonly context: string;
  /** UID of the stack's cluster; evidence of another one does not count. Absent when nobody knows it, and then none counts. */
  readonly uid?: string | undefined;
  readonly now: Date;
  /** Days after which evidence is too old. */
  readonly maxAgeDays: number;
}

/** Why a piece of evidence does not count, apart from its verdict. */
function flaws(entry: IndexEntry, { context, uid, now, maxAgeDays }: Looking): string[] {
  const days = (now.getTime() - Date.parse(entry.time)) / 86_400_000;
  return [
    ...(entry.verdict === "passed" ? [] : [`${entry.subject}: ${entry.verdict} (${entry.file})`]),
    ...(days <= maxAgeDays
      ? []
      : [`${entry.subject}: ${Math.floor(days)} days old, at most ${maxAgeDays} may be (${entry.file})`]),
    ...(uid === undefined
      ? [`${entry.subject}: the cluster could not be asked whether this is of it (${entry.file})`]
      : entry.cluster.context === context && entry.cluster.uid === uid
        ? []
        : [`${entry.subject}: of another cluster (${entry.file})`]),
  ];
}

const newest = (index: readonly IndexEntry[], kind: EvidenceKind): IndexEntry[] => {
  const found = new Map<string, IndexEntry>();
  // Interrupted drills say nothing, so they do not hide what did.
  for (const entry of index)
    if (entry.kind === kind && entry.verdict !== "interrupted") found.set(entry.subject, entry);
  return [...found.values()];
};

/** One chart of a stack, with the findings of `helm lint` and the policy pack. */
export interface ChartCheck {
  readonly release: string;
  readonly chart: string;
  /** Failures and warnings of `helm lint --strict` with the stack's values, which checks the values' schema too. */
  readonly lint: readonly string[];
  /** Mandatory findings of the policy pack. */
  readonly violations: readonly string[];
}

/** What a stack requires of its images, as far as the first gate evaluates it. */
export interface SupplyChain {
  readonly environment: Profile;
  /** Maximum age of a scan report in hours; absent when none is required. */
  readonly maxAgeHours?: number | undefined;
  /** Signature settings by pattern. */
  readonly signatures?: Readonly<Record<string, { readonly offline: "fail" | "warn" }>> | undefined;
}

/** Days after which a scan report says nothing of the vulnerabilities that are known by now. */
const longestScanAge = 30;

/** Settings that production must not have: with them an old scan report or an unverified signature passes. A sentence each. */
export function relaxedSettings({ environment, maxAgeHours, signatures = {} }: SupplyChain): string[] {
  if (environment !== "prod") return [];
  return [
    ...(maxAgeHours !== undefined && maxAgeHours > longestScanAge * 24
      ? [
          `policy.scans.maxAgeHours is ${maxAgeHours}: production needs scan reports of at most ${longestScanAge} days (${longestScanAge * 24})`,
        ]
      : []),
    ...Object.entries(signatures)
      .filter(([, { offline }]) => offline === "warn")
      .map(
        ([pattern]) =>
          `imageSignatures.images["${pattern}"].offline is warn: production needs a verified signature of every image; remove the line`,
      ),
  ];
}

/** Gate 1: lint and schema pass, and what was deployed is what passed. @param deployed the stack's outputs; null when it has none. @param settings what `relaxedSettings` found */
export function lintGate(
  checks: readonly ChartCheck[],
  deployed: readonly Evidence[] | null,
  rendered: ReadonlyMap<string, string>,
  file: string,
  settings: readonly string[] = [],
): Gate {
  const open = [
    ...settings,
    ...checks.flatMap(({ release, lint, violations }) => [
      ...lint.map((line) => `${release}: ${line}`),
      ...violations.map((line) => `${release}: ${line}`),
    ]),
  ];
  if (checks.length === 0) open.push("the stack has no release");
  if (deployed === null) open.push("the stack has no outputs: nothing of it is deployed; run hardened up");
  if (deployed?.length === 0) open.push("the stack's outputs hold no evidence of what was deployed");
  for (const { release, namespace, manifest, policy, images, problem } of deployed ?? []) {
    const name = `${namespace}/${release}`;
    if (problem !== null) open.push(`${name}: its deployment proved nothing: ${problem}`);
    if (policy !== null && policy.mandatory > 0)
      open.push(`${name}: deployed with ${policy.mandatory} mandatory findings`);
    const unpinned = images.filter(({ digest }) => digest === null).map(({ image }) => image);
    if (unpinned.length > 0) open.push(`${name}: deployed with images by tag: ${[...new Set(unpinned)].join(", ")}`);
    const now = rendered.get(name);
    if (manifest !== null && now !== manifest.sha256)
      open.push(`${name}: what is deployed is not what this checkout renders; run hardened up`);
  }
  return gateOf("lint and schema", open, [file]);
}

/** Gate 2: benchmark and admission reports are compliant and stored. */
export function complianceGate(index: readonly IndexEntry[], looking: Looking): Gate {
  const kinds = [
    ["cis", "no benchmark report is stored; see hardened cis --help"],
    ["pod-security", "no admission report is stored; run hardened admission"],
  ] as const;
  const entries = kinds.map(([kind, missing]) => ({ entry: newest(index, kind).at(-1), missing }));
  const open = entries.flatMap(({ entry, missing }) => (entry === undefined ? [missing] : flaws(entry, looking)));
  return gateOf(
    "CIS and pod security",
    open,
    entries.flatMap(({ entry }) => entry?.file ?? []),
  );
}

/** Experiments every stack must have passed. */
const wanted = ["pod-kill", "node-drain", "bad-release"];

/** Gate 3: the latest drill of every kind, and of every service that was drilled, stayed within its budget. */
export function drillGate(index: readonly IndexEntry[], looking: Looking): Gate {
  const drills = newest(index, "drill");
  const missing = wanted.filter((name) => !drills.some(({ subject }) => subject.startsWith(`${name} `)));
  const open = [
    ...missing.map((name) => `no ${name} drill is stored; run hardened drill ${name}`),
    ...drills.flatMap((entry) => flaws(entry, looking)),
  ];
  return gateOf(
    "chaos drills",
    open,
    drills.map(({ file }) => file),
  );
}

/** Gate 4: the targets are agreed, the documentation is up to date and was reviewed. @param outdated generated documents that are not */
export function docsGate({ approvals, reviews }: SecurityTargets, outdated: readonly string[], file: string): Gate {
  const open = [
    ...outdated.map((one) => `${one} is not what the code says; run npm run generate`),
    ...(["sre", "security"] as const).flatMap((who) => [
      ...(approvals[who].name && approvals[who].date ? [] : [`approvals.${who} is not signed`]),
      ...(reviews[who].name && reviews[who].date && reviews[who].version ? [] : [`reviews.${who} is not filled in`]),
    ]),
  ];
  return gateOf("documentation", open, [file]);
}
