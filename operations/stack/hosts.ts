import { styleText } from "node:util";
import type { OpType } from "@pulumi/pulumi/automation";
import { lineOf, type ResourceOperation, type RunHost, type Violation } from "../../process/run-events";

type Log = (line: string) => void;

/** A host that discards all events. */
export const silentHost: RunHost = { notify: () => {} };

/** A host that writes each event as a JSON object on a line of its own: `time`, `code` and `data`. */
export const jsonLinesHost = (write: Log): RunHost => ({
  notify: ({ code, data }) => write(JSON.stringify({ time: new Date().toISOString(), code, data })),
});

/** Verbs for each operation, while it runs and when it is done; operations without an entry are not shown. */
const words: Partial<Record<string, { readonly doing: string; readonly done: string; readonly planned: string }>> = {
  create: { doing: "creating", done: "created", planned: "create" },
  update: { doing: "updating", done: "updated", planned: "update" },
  delete: { doing: "deleting", done: "deleted", planned: "delete" },
  replace: { doing: "replacing", done: "replaced", planned: "replace" },
  "create-replacement": { doing: "creating new", done: "created new", planned: "create new" },
  "delete-replaced": { doing: "deleting old", done: "deleted old", planned: "delete old" },
} satisfies Partial<Record<OpType, unknown>>;

/** Whether a resource gets a line: Kubernetes objects and generated values do, components and providers do not. */
const isShown = ({ type }: ResourceOperation): boolean => type.startsWith("kubernetes:") || type.startsWith("random:");

/** Kind and name. */
const title = ({ type, name }: ResourceOperation): string => `${type.split(":").at(-1)} ${name}`;

/** A host that writes lines for a terminal; warnings and violations are shown in full at the end of a preview, each warning once. */
export function terminalHost(log: Log): RunHost {
  let violations: Violation[] = [];
  let warnings: string[] = [];
  const told = new Set<string>();
  const tellWarnings = (): void => {
    printWarnings(
      warnings.filter((one) => !told.has(one)),
      log,
    );
    for (const one of warnings) told.add(one);
    warnings = [];
  };
  const notify: RunHost["notify"] = (event) => {
    switch (event.code) {
      case "run.started": {
        const { action, stack, environment, context } = event.data;
        violations = [];
        if (action === "preview")
          log(styleText("bold", `preview of stack ${stack} (${environment}, context ${context})`));
        if (action === "up") log(styleText("bold", `up of stack ${stack}`));
        return;
      }
      case "resource.planned": {
        const word = words[event.data.op]?.planned;
        const what = event.data.fields.length > 0 ? ` [${event.data.fields.join(", ")}]` : "";
        if (word !== undefined && isShown(event.data)) log(`  ${word.padEnd(12)} ${title(event.data)}${what}`);
        return;
      }
      case "resource.started": {
        const word = words[event.data.op]?.doing;
        if (word !== undefined && isShown(event.data)) log(`  ${word.padEnd(12)} ${title(event.data)}`);
        return;
      }
      case "resource.done": {
        const word = words[event.data.op]?.done;
        const time = event.data.seconds === undefined ? "" : ` (${event.data.seconds.toFixed(1)} s)`;
        if (word !== undefined && isShown(event.data)) log(`  ${word.padEnd(12)} ${title(event.data)}${time}`);
        return;
      }
      case "policy.violation":
        violations.push(event.data);
        return;
      case "policy.summary":
        tellWarnings();
        printViolations(violations, log);
        return;
      case "warning":
      case "engine.warning":
        warnings.push(event.data.message);
        return;
      case "run.summary":
        tellWarnings();
        log(summarize(event.data.changes, event.data.action === "preview"));
        return;
      case "run.failed": // the reasons are the error the command ends with
        tellWarnings();
        return;
      case "note":
      case "namespace.drift":
      case "cluster.unreachable":
        log(`  ${lineOf(event)}`);
        return;
      default: {
        const line = lineOf(event);
        if (line !== undefined) log(line);
      }
    }
  };
  return { notify };
}

/** "3 created, 1 updated", or that nothing changes. */
export function summarize(changes: Readonly<Record<string, number>>, planned: boolean): string {
  const parts = Object.entries(changes)
    .filter(([op, count]) => op !== "same" && count > 0)
    .map(([op, count]) => {
      const word = words[op];
      return `${count} ${planned ? `to ${word?.planned ?? op}` : (word?.done ?? op)}`;
    });
  return parts.length === 0 ? "nothing changes" : parts.join(", ");
}

/** Warnings, each once. */
export function printWarnings(warnings: readonly string[], log: Log): void {
  for (const one of new Set(warnings)) log(`${styleText("yellow", "! warning")} ${one}`);
}

/** The verdict: every violation in full, grouped by resource. */
export function printViolations(violations: readonly Violation[], log: Log): void {
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
