import { styleText } from "node:util";
import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";

/** What is said of each operation, while it runs and when it is done; operations without a word are not shown. */
const words: Partial<Record<OpType, { readonly doing: string; readonly done: string; readonly planned: string }>> = {
  create: { doing: "creating", done: "created", planned: "create" },
  update: { doing: "updating", done: "updated", planned: "update" },
  delete: { doing: "deleting", done: "deleted", planned: "delete" },
  replace: { doing: "replacing", done: "replaced", planned: "replace" },
  "create-replacement": { doing: "creating new", done: "created new", planned: "create new" },
  "delete-replaced": { doing: "deleting old", done: "deleted old", planned: "delete old" },
};

/** The readable end of a URN: kind and name. */
function title(urn: string): string {
  const parts = urn.split("::");
  const type = (parts[2] ?? "").split("$").at(-1) ?? "";
  return `${type.split(":").at(-1)} ${parts.at(-1)}`;
}

/** Only what Kubernetes or a password generator makes is worth a line; components and the provider are not. */
const isShown = (urn: string): boolean => /kubernetes:|random:/.test(urn) && !urn.includes("pulumi:providers:");

/** A violation the policy pack reported. */
export interface Violation {
  readonly policy: string;
  readonly level: "warning" | "mandatory";
  readonly message: string;
  readonly urn: string;
}

/** What a run has shown so far. */
export interface RunReport {
  readonly violations: Violation[];
  readonly errors: { readonly urn: string; readonly message: string }[];
  readonly warnings: string[];
  changes: Record<string, number>;
}

/** Pulumi colours its texts with marks such as `<{%reset%}>`. */
const plain = (text: string): string => text.replace(/<\{%[^%]*%\}>/g, "").trim();

/**
 * Turns engine events into one line each as they happen, and collects violations and errors for the end.
 * @param log where lines go
 * @param details also list what would change, for a preview
 */
export function follow(log: (line: string) => void): {
  readonly report: RunReport;
  readonly onEvent: (event: EngineEvent) => void;
} {
  const report: RunReport = { violations: [], errors: [], warnings: [], changes: {} };
  const started = new Map<string, number>();
  const onEvent = (event: EngineEvent): void => {
    if (event.resourcePreEvent && !event.resourcePreEvent.planning) {
      const { op, urn } = event.resourcePreEvent.metadata;
      started.set(`${op} ${urn}`, Date.now());
      if (words[op] && isShown(urn)) log(`  ${words[op].doing.padEnd(12)} ${title(urn)}`);
    } else if (event.resOutputsEvent) {
      const { planning, metadata } = event.resOutputsEvent;
      const { op, urn, diffs } = metadata;
      const word = words[op];
      if (!word || !isShown(urn)) return;
      const since = started.get(`${op} ${urn}`);
      const time = since === undefined ? "" : ` (${((Date.now() - since) / 1000).toFixed(1)} s)`;
      const what = planning && diffs?.length ? ` [${diffs.join(", ")}]` : "";
      log(`  ${(planning ? word.planned : word.done).padEnd(12)} ${title(urn)}${what}${time}`);
    } else if (event.policyEvent) {
      const { policyName, enforcementLevel, message, resourceUrn } = event.policyEvent;
      report.violations.push({
        policy: policyName,
        level: enforcementLevel,
        message: plain(message),
        urn: resourceUrn ?? "",
      });
    } else if (event.diagnosticEvent) {
      const { severity, message, urn, ephemeral } = event.diagnosticEvent;
      const text = plain(message);
      if (text === "" || ephemeral) return;
      if (severity === "error") report.errors.push({ urn: urn ?? "", message: text });
      else if (severity === "warning" && !isNoise(text)) report.warnings.push(text);
      else if (severity.startsWith("info") && isNote(text)) log(`  ${text}`);
    } else if (event.summaryEvent) {
      report.changes = event.summaryEvent.resourceChanges as Record<string, number>;
    }
  };
  return { report, onEvent };
}

/** Warnings that say nothing about what the person asked for. */
const isNoise = (text: string): boolean =>
  /using pulumi-resource-|pulumi-language-|plugin .* from \$PATH|resource plugin \w+ is expected to have version|Attempting to deploy or update resources with \d+ pending/i.test(
    text,
  );

/** The program's own notes, which begin with a word and a colon. */
const isNote = (text: string): boolean => /^(namespace|release|the cluster|removed half-made|ended what) /.test(text);

/** "3 created, 1 updated", or that nothing changes. */
export function summarize(changes: Readonly<Record<string, number>>, planned: boolean): string {
  const parts = Object.entries(changes)
    .filter(([op, count]) => op !== "same" && count > 0)
    .map(([op, count]) => {
      const word = words[op as OpType];
      return `${count} ${planned ? `to ${word?.planned ?? op}` : (word?.done ?? op)}`;
    });
  return parts.length === 0 ? "nothing changes" : parts.join(", ");
}

/** What will not work as meant, though the run goes on: each once. */
export function printWarnings(warnings: readonly string[], log: (line: string) => void): void {
  for (const one of new Set(warnings)) log(`${styleText("yellow", "! warning")} ${one}`);
}

/** The verdict: every violation in full, grouped by the resource it is about. */
export function printViolations(violations: readonly Violation[], log: (line: string) => void): void {
  const mandatory = violations.filter((one) => one.level === "mandatory");
  for (const one of violations) {
    const mark = one.level === "mandatory" ? styleText("red", "✖ violation") : styleText("yellow", "! advice");
    const [first, ...rest] = one.message.split("\n");
    log(`${mark} ${one.policy}: ${first}`);
    for (const line of rest) log(`    ${line}`);
  }
  if (violations.length === 0) log(`${styleText("green", "✔")} policy: no violations`);
  else {
    const count = mandatory.length === 1 ? "1 violation" : `${mandatory.length} violations`;
    log(`policy: ${count}, ${violations.length - mandatory.length} advisory`);
  }
}
