/** Finds where a chart asks the cluster while it renders: Helm's `lookup`, which without a cluster always finds nothing. */
import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { load } from "js-yaml";
import { text } from "../manifest/read";
import type { ClusterQuery } from "../rules/rule";
import { archiveFiles } from "./archive";
import { type Chart, readChart } from "./chart";

/** A call in a file of a chart: the file's name as Helm's `# Source:` would begin, and the one-based line. */
export type Lookup = Omit<ClusterQuery, "object">;

/** Annotation in a Chart.yaml that says why nothing its own templates look up changes what is installed, such as one that only refuses an upgrade. */
const lookupReason = "hardened.pulumi/lookup";

/** Largest file that is searched, in bytes; a template is far smaller, and Helm's own bounds are not much above. */
const largest = 5 * 1024 * 1024;

const known = new Map<string, readonly Lookup[]>();

/** Every call of `lookup` in the files of a chart (the absolute path of its folder or archive) that a template can be made of, those of its
 *  subcharts and their archives too. Throws a RenderError for a chart that cannot be read. */
export function chartLookups(path: string): readonly Lookup[] {
  const chart = readChart(path);
  const before = known.get(chart.digest);
  if (before !== undefined) return before;
  const found = [...lookupsOf(chart)];
  known.set(chart.digest, found);
  return found;
}

function* lookupsOf(chart: Chart): Generator<Lookup> {
  const { path, files } = chart;
  const charts = files.filter((file) => /(?:^|\/)Chart\.yaml$/.test(file)).toSorted((a, b) => b.length - a.length);
  const declared = new Set(charts.filter((file) => declares(readFileSync(join(path, file), "utf8"))));
  const chartOf = (file: string): string => charts.find((chart) => file.startsWith(chart.slice(0, -10))) ?? "";
  for (const { file, text } of templatesOf(chart, (file) => declared.has(chartOf(file))))
    for (const line of lookupLines(text)) yield { file, line };
}

/** The text of every file of a chart that a template can be made of, those of its subcharts and their archives too, each by the name Helm's `# Source:`
 *  would begin with. `isLeftOut` is asked of files of the folder by their path in it. */
export function* templatesOf(
  { path, files }: Chart,
  isLeftOut: (file: string) => boolean = () => false,
): Generator<{ readonly file: string; readonly text: string }> {
  if (statSync(path).isFile()) return yield* templatesInArchive(path, basename(path));
  for (const file of files) {
    const name = `${basename(path)}/${file}`;
    if (isLeftOut(file)) continue;
    if (/\.t(?:ar\.)?gz$/.test(file)) yield* templatesInArchive(join(path, file), name);
    else if (isTemplate(file) && statSync(join(path, file)).size <= largest)
      yield { file: name, text: readFileSync(join(path, file), "utf8") };
  }
}

function* templatesInArchive(path: string, name: string): Generator<{ file: string; text: string }> {
  for (const { file, text } of archiveFiles(path)) if (isTemplate(file)) yield { file: `${name}/${file}`, text };
}

/** Whether the text of a Chart.yaml says what its chart asks the cluster for. */
function declares(about: string): boolean {
  try {
    return text(load(about), "annotations", lookupReason).trim() !== "";
  } catch {
    return false; // Helm says what is wrong with it
  }
}

/** Notes are shown, not installed; documents are no templates. Anything else may be given to `tpl`. */
const isTemplate = (file: string): boolean => !/(?:^|\/)(?:NOTES\.txt|LICENSE|[^/]*\.(?:md|schema\.json))$/.test(file);

/** One-based lines at which template actions of a text call `lookup`; its name in comments, texts and fields does not count. */
export function lookupLines(text: string): number[] {
  const lines = new Set<number>();
  if (!text.includes("lookup")) return [];
  const token = /"(?:\\.|[^"\\\n])*"|`[^`]*`|[.$\w]+|\}\}|./sy;
  const comment = /\{\{(?:-\s+)?\s*\/\*/y;
  let line = 1;
  let counted = 0;
  const count = (upTo: number): void => {
    for (let at = text.indexOf("\n", counted); at >= 0 && at < upTo; at = text.indexOf("\n", counted)) {
      line += 1;
      counted = at + 1;
    }
  };
  for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", at)) {
    comment.lastIndex = at;
    if (comment.test(text)) {
      at = text.indexOf("*/", at);
      if (at < 0) break;
      continue;
    }
    token.lastIndex = at + 2;
    let match = token.exec(text);
    for (; match !== null && match[0] !== "}}"; match = token.exec(text)) {
      if (match[0] !== "lookup") continue;
      count(match.index);
      lines.add(line);
    }
    if (match === null) break;
    at = token.lastIndex;
  }
  return [...lines];
}
