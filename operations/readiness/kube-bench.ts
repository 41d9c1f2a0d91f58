import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { decodeText } from "../../policy/manifest/decode-text";
import { UserError } from "../../process/user-error";
import { shown } from "./evidence";

/** One item of a benchmark on one node, as kube-bench found it. */
export interface BenchItem {
  readonly id: string;
  readonly text: string;
  readonly status: "PASS" | "FAIL" | "WARN" | "INFO";
}

/** A report of `kube-bench --json`. */
export interface BenchReport {
  /** File it came from. */
  readonly file: string;
  /** Benchmarks of its sections, e.g. "cis-1.12". */
  readonly benchmarks: readonly string[];
  /** Kubernetes version it detected; "" when it says "none" or nothing. */
  readonly kubernetes: string;
  readonly items: readonly BenchItem[];
}

const item = z.object({
  test_number: z.string().min(1),
  test_desc: z.string().default(""),
  status: z.enum(["PASS", "FAIL", "WARN", "INFO"]),
});
const control = z.object({
  version: z.string(),
  detected_version: z.string().default(""),
  tests: z.array(z.object({ results: z.array(item) })),
});
// With --nototals the report is the list alone.
const shape = z.union([z.object({ Controls: z.array(control) }), z.array(control)]);

/**
 * Reads a report. Of each item only number, text and verdict are kept: the other fields can contain command lines of the control
 * plane. Throws a UserError for a file that is missing, not JSON or not a report of kube-bench.
 */
export function readBenchReport(file: string): BenchReport {
  if (!existsSync(file)) throw new UserError(`there is no ${shown(file)}; kube-bench --json writes one`, 2);
  let document: unknown;
  try {
    document = JSON.parse(decodeText(readFileSync(file)));
  } catch (error) {
    throw new UserError(
      `${shown(file)} is not JSON: ${(error as Error).message}; kube-bench writes JSON with --json`,
      2,
    );
  }
  const { success, data, error } = shape.safeParse(document);
  if (!success) {
    const where = error.issues[0]?.path.join(".") || "the whole file";
    throw new UserError(`${shown(file)} is no report of kube-bench --json (${where})`, 2);
  }
  const controls = Array.isArray(data) ? data : data.Controls;
  const items = controls.flatMap(({ tests }) => tests.flatMap(({ results }) => results));
  if (items.length === 0)
    throw new UserError(`${shown(file)} holds not a single item: kube-bench found nothing to look at`, 2);
  return {
    file: shown(file),
    benchmarks: [...new Set(controls.map(({ version }) => version))],
    kubernetes: controls.find(({ detected_version }) => /\d/.test(detected_version))?.detected_version ?? "",
    items: items.map(({ test_number, test_desc, status }) => ({ id: test_number, text: test_desc, status })),
  };
}
