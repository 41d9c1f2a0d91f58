import { VerifiedCluster } from "../../cluster/cluster-identity";
import { rules } from "../../policy/evaluate/catalogue";
import { table } from "../../process/table";
import { checkStackFile } from "../stack/stack-file";
import { clusterOf, commitOfCheckout, type EvidenceHeader, evidenceFolder, shown, storeEvidence } from "./evidence";
import { type BenchItem, type BenchReport, readBenchReport } from "./kube-bench";
import { readTargets, type SecurityTargets } from "./security-targets";

/** Options of `hardened cis`. */
export interface CisOptions {
  readonly stack: string;
  /** Version of kube-bench that wrote the reports, for the record. */
  readonly tool?: string;
  readonly targets?: string;
  readonly evidence?: string;
}

/** Counts of one section, and its failing items. */
export interface SectionResult {
  readonly section: string;
  readonly inScope: boolean;
  readonly pass: number;
  readonly fail: number;
  readonly warn: number;
  readonly waived: number;
}

/** An item that fails. */
export interface Failure {
  readonly file: string;
  readonly id: string;
  readonly text: string;
  /** Who approved it. */
  readonly waiver?: { readonly reason: string; readonly owner: string; readonly expires: string };
  /** Why the item does not apply to the cluster. */
  readonly notApplicable?: string;
}

/** Reports evaluated against the targets: the evidence file. */
export interface CisReport extends EvidenceHeader {
  readonly benchmark: string;
  readonly kubernetes: string;
  readonly reports: readonly string[];
  readonly sections: readonly SectionResult[];
  readonly failures: readonly Failure[];
  /** Everything that prevents a pass, a sentence each. */
  readonly problems: readonly string[];
  /** Items of section 5, which is about workloads, with the rules of the policy pack that evaluate them. */
  readonly section5: Readonly<Record<string, readonly string[]>>;
}

/** Items of CIS section 5 → rules of the pack that serve them. */
export function section5(): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const { id, controls } of rules) {
    for (const control of controls) {
      const item = /^CIS (5\.\d+\.\d+)$/.exec(control)?.[1];
      if (item !== undefined) found[item] = [...(found[item] ?? []), id];
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })));
}

const sectionOf = (id: string): string => id.split(".")[0] ?? "";

/** Evaluates reports against the targets. Pure. @param today as 2027-01-31: a waiver is valid through its last day */
export function evaluateBench(
  reports: readonly BenchReport[],
  { benchmark }: Pick<SecurityTargets, "benchmark">,
  today: string,
): Pick<CisReport, "sections" | "failures" | "problems"> {
  const left = new Set(benchmark.notApplicable.flatMap((one) => ("section" in one ? [one.section] : [])));
  const inapplicable = new Map(
    benchmark.notApplicable.flatMap((one) => ("items" in one ? one.items.map((id) => [id, one.reason] as const) : [])),
  );
  const scope = benchmark.scope.filter((section) => !left.has(section));
  const waivers = new Map(benchmark.waivers.map((waiver) => [waiver.id, waiver]));
  const valid = (id: string) => {
    const waiver = waivers.get(id);
    return waiver !== undefined && waiver.expires >= today ? waiver : undefined;
  };
  const all = reports.flatMap(({ file, items }) => items.map((item) => ({ file, ...item })));
  const failed = all.filter(({ id, status }) => status === "FAIL" && scope.includes(sectionOf(id)));
  const failures = failed.map(({ file, id, text }) => {
    const waiver = valid(id);
    const { reason, owner, expires } = waiver ?? {};
    const notApplicable = inapplicable.get(id);
    return {
      ...{ file, id, text },
      ...(waiver && { waiver: { reason, owner, expires } as NonNullable<Failure["waiver"]> }),
      ...(notApplicable !== undefined && { notApplicable }),
    };
  });
  const names = [...new Set([...scope, ...all.map(({ id }) => sectionOf(id))])].sort();
  const sections = names.map((section) => {
    const items = all.filter(({ id }) => sectionOf(id) === section);
    const count = (status: BenchItem["status"]): number => items.filter((one) => one.status === status).length;
    const waived = items.filter(
      ({ id, status }) => status === "FAIL" && (valid(id) !== undefined || inapplicable.has(id)),
    ).length;
    return {
      section,
      inScope: scope.includes(section),
      pass: count("PASS"),
      fail: count("FAIL"),
      warn: count("WARN"),
      waived,
    };
  });
  return { sections, failures, problems: problemsOf() };

  function problemsOf(): string[] {
    const wrong = reports.filter(({ benchmarks }) => benchmarks.some((id) => id !== benchmark.id));
    const empty = sections.filter(({ inScope, pass, fail, warn }) => inScope && pass + fail + warn === 0);
    return [
      ...wrong.map(
        ({ file, benchmarks }) =>
          `${file} is of ${benchmarks.join(", ")}, the target is ${benchmark.id}: run kube-bench with --benchmark ${benchmark.id}`,
      ),
      ...empty.map(({ section }) => `section ${section} is in scope and no report has it`),
      ...failures
        .filter(({ waiver, notApplicable }) => !waiver && notApplicable === undefined)
        .map(
          ({ file, id, text }) => `${file}: ${id} fails: ${text}${waivers.has(id) ? " (its waiver has expired)" : ""}`,
        ),
      ...benchmark.waivers
        .filter(({ id }) => !failed.some((one) => one.id === id))
        .map(({ id }) => `the waiver of ${id} is not needed: take it out of the targets`),
      ...[...inapplicable.keys()]
        .filter((id) => !all.some((one) => one.id === id && ["FAIL", "WARN"].includes(one.status)))
        .map((id) => `${id} is not applicable by the targets, but no report has it open: take it out of the targets`),
    ];
  }
}

/** Reads kube-bench's reports (one per node), evaluates them and stores the evidence. Throws a UserError for a file that is no report. */
export async function cis(
  files: readonly string[],
  options: CisOptions,
): Promise<CisReport & { readonly file: string }> {
  const config = checkStackFile(options.stack);
  const targets = readTargets(options.targets);
  const reports = files.map(readBenchReport);
  const now = new Date();
  const evaluated = evaluateBench(reports, targets, now.toISOString().slice(0, 10));
  const { benchmark } = targets;
  const report: CisReport = {
    kind: "cis",
    time: now.toISOString(),
    subject: `${benchmark.name} ${benchmark.version}`,
    stack: config.stack,
    chart: "",
    commit: commitOfCheckout(),
    cluster: await clusterOf(new VerifiedCluster(config.cluster, 2)),
    tool: `kube-bench ${options.tool ?? "(version not given)"}`,
    verdict: evaluated.problems.length === 0 ? "passed" : "failed",
    benchmark: benchmark.id,
    kubernetes: reports.find(({ kubernetes }) => kubernetes !== "")?.kubernetes ?? "",
    reports: reports.map(({ file }) => file),
    ...evaluated,
    section5: section5(),
  };
  return { ...report, file: storeEvidence(evidenceFolder(config.stack, options.evidence), report) };
}

/** The sections as a table, waived items with their reasons, and failures. */
export function formatCis(report: CisReport & { readonly file: string }): string {
  const rows = report.sections.map(({ section, inScope, pass, fail, warn, waived }) =>
    [section, inScope ? "yes" : section === "5" ? "by the policy pack" : "no", pass, fail, waived, warn].map(String),
  );
  const waived = report.failures.flatMap(({ id, waiver }) =>
    waiver ? [`waived ${id} until ${waiver.expires}: ${waiver.reason} (${waiver.owner})`] : [],
  );
  const reasons = new Set(report.failures.flatMap(({ notApplicable }) => notApplicable ?? []));
  const inapplicable = [...reasons].map((reason) => {
    const ids = report.failures.filter(({ notApplicable }) => notApplicable === reason).map(({ id }) => id);
    return `not applicable ${[...new Set(ids)].join(", ")}: ${reason}`;
  });
  return [
    table(["SECTION", "IN SCOPE", "PASS", "FAIL", "WAIVED", "MANUAL"], rows),
    ...new Set(waived),
    ...inapplicable,
    ...report.problems,
    `${report.subject}: ${report.verdict}`,
    `evidence: ${shown(report.file)}`,
  ].join("\n");
}
