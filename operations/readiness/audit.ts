import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Finding } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import type { ParsedManifest } from "../../policy/manifest/manifest";
import { read, text } from "../../policy/manifest/read";
import { autoscalersOf, leastReplicas, scalerOf, targetOf } from "../../policy/rules/autoscaler";
import { workloadsOf } from "../../policy/rules/workload";
import { defaultKubernetesVersion } from "../../policy/settings/kubernetes-version";
import { policySettings } from "../../policy/settings/settings-schema";
import { table } from "../../process/table";
import { UserError } from "../../process/user-error";
import { readValues, releaseNameOf } from "../validation/check-targets";
import { reasonOf } from "../validation/evaluate-targets";
import { type Area, areaOf, areas } from "./audit-areas";

/** Options of `hardened audit`. */
export interface AuditOptions {
  readonly values: readonly string[];
  /** @default the chart's name */
  readonly namespace?: string;
}

/** Something a chart lacks. */
export interface Gap {
  readonly area: Area;
  /** Kind and name. */
  readonly object: string;
  readonly containers: readonly string[];
  readonly field: string;
  readonly got: string;
  readonly want: string;
  readonly fix: string;
  /** Rule of the pack that reports it; absent for a gap that only an audit reports. */
  readonly rule?: string;
}

/** A chart's gaps, or why it could not be evaluated. */
export interface ChartAudit {
  readonly chart: string;
  readonly gaps: readonly Gap[];
  readonly objects: number;
  readonly unjudged?: string;
}

const gapOf = ({ rule, object, containers, field, got, want, fix }: Finding): Gap => ({
  area: areaOf(rule),
  object: `${object.kind} ${object.name}`,
  containers,
  field,
  got,
  want,
  fix,
  rule,
});

/** Workloads of two pods or more without an autoscaler or recommender: the pack accepts a fixed number of replicas, an audit reports it. */
function unscaled(manifests: readonly ParsedManifest[], namespace: string): Gap[] {
  const context = { profile: "prod", namespace, podSecurity: { level: "restricted", version: "latest" } } as const;
  const scalers = autoscalersOf(manifests, context);
  const recommended = manifests
    .filter(({ object }) => object.kind === "VerticalPodAutoscaler")
    .map(({ object }) => targetOf(read(object, "spec", "targetRef")));
  return workloadsOf(manifests, context).flatMap((workload) => {
    const least = leastReplicas(workload, scalers);
    if (typeof least !== "number" || least < 2) return [];
    const name = `${workload.kind}/${workload.name}`;
    if (scalerOf(workload, scalers) !== undefined || recommended.includes(name)) return [];
    return [
      {
        area: "scaling",
        object: `${workload.kind} ${text(workload.manifest.object, "metadata", "name")}`,
        containers: [],
        field: "spec.replicas",
        got: `${least} pods, no autoscaler and no recommender`,
        want: "a HorizontalPodAutoscaler, or a VerticalPodAutoscaler that recommends",
        fix: "add a HorizontalPodAutoscaler with bounds, or a VerticalPodAutoscaler with updateMode: Off",
      },
    ];
  });
}

async function auditChart(
  folder: string,
  { values, namespace = releaseNameOf(folder) }: AuditOptions,
): Promise<ChartAudit> {
  const chart = resolve(folder);
  if (!existsSync(join(chart, "Chart.yaml")))
    throw new UserError(`${folder} is no chart folder: it has no Chart.yaml`, 2);
  const request = {
    chart,
    name: releaseNameOf(chart),
    namespace,
    values: await readValues(values),
    kubeVersion: defaultKubernetesVersion,
  };
  try {
    const podSecurity = { level: "restricted", version: "latest" } as const;
    // The chart is evaluated without its namespace, which has the default-deny policy.
    const settings = policySettings.parse({ defaultDeny: [namespace] });
    const { verdict, manifests } = await evaluateChart(request, { profile: "prod", podSecurity, settings });
    const gaps = [...verdict.findings.map(gapOf), ...unscaled(manifests, namespace)];
    return { chart: folder, gaps, objects: verdict.objects };
  } catch (error) {
    return { chart: folder, gaps: [], objects: 0, unjudged: reasonOf(error) };
  }
}

/** Evaluates charts by all rules of the pack, as for production. Throws a UserError for a folder that is no chart. */
export async function audit(charts: readonly string[], options: AuditOptions): Promise<ChartAudit[]> {
  const audits: ChartAudit[] = [];
  for (const chart of charts) audits.push(await auditChart(chart, options));
  return audits;
}

/** Exit code: 0 no gap, 1 gaps, 2 a chart that could not be evaluated. */
export const exitCodeOfAudit = (audits: readonly ChartAudit[]): number =>
  audits.some(({ unjudged }) => unjudged !== undefined) ? 2 : audits.some(({ gaps }) => gaps.length > 0) ? 1 : 0;

/** The number of gaps by chart and area, then each gap with its fix. */
export function formatAudit(audits: readonly ChartAudit[]): string {
  const cell = ({ gaps, unjudged }: ChartAudit, area: Area): string => {
    const found = gaps.filter((gap) => gap.area === area).length;
    return unjudged !== undefined ? "?" : found === 0 ? "-" : String(found);
  };
  const rows = audits.map((one) => [one.chart, ...areas.map((area) => cell(one, area))]);
  const parts = [table(["CHART", ...areas.map((area) => area.toUpperCase())], rows)];
  for (const { chart, gaps, unjudged } of audits) {
    if (unjudged !== undefined) parts.push(`${chart} could not be evaluated: ${unjudged}`);
    if (gaps.length === 0) continue;
    const lines = gaps.map(({ area, object, containers, field, got, want }) => [
      area,
      object,
      containers.join(", "),
      field,
      `${got}, want ${want}`,
    ]);
    parts.push(`\n${chart}`, table(["AREA", "OBJECT", "CONTAINER", "FIELD", "GAP"], lines));
    parts.push(
      [
        ...new Set(
          gaps.map(({ rule, fix }) => `fix: ${fix}${rule === undefined ? "" : ` (hardened explain ${rule})`}`),
        ),
      ].join("\n"),
    );
  }
  const total = audits.reduce((sum, { gaps }) => sum + gaps.length, 0);
  const lost = audits.filter(({ unjudged }) => unjudged !== undefined).length;
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
  const sum = `${count(audits.length - lost, "chart")} evaluated, ${count(total, "gap")}`;
  return [...parts, lost === 0 ? sum : `${sum}; ${lost} could not be evaluated`].join("\n");
}
