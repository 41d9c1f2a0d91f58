/** Documents as the Go reader hands them over (process/toolchain/modules/helm-render, read.go) → manifests. The reader is that of Helm, kubectl and the
 *  API machinery; nothing here looks at YAML. */
import type { JsonObject, TextSlip } from "../contract";
import { ManifestError, type ParsedManifest } from "./manifest";
import { read, text } from "./read";

/** One document of a text. */
export interface Document {
  /** One-based line of the text at which its content begins, below Helm's `# Source:` line. */
  readonly line: number;
  /** Template it was rendered from, where Helm says so. */
  readonly source?: string;
  readonly objects?: readonly { readonly within?: string; readonly object: JsonObject }[];
  /** Why it is refused, in the reader's words. */
  readonly problem?: string;
  /** One-based line of the text the reader names. */
  readonly problemLine?: number;
  /** What the cluster accepts and a reviewer overlooks. */
  readonly slips?: readonly Omit<TextSlip, "file">[];
}

/** The objects of a text and what a reviewer would overlook in it. */
export interface ReadText {
  readonly manifests: readonly ParsedManifest[];
  readonly slips: readonly TextSlip[];
}

/** The manifests in `documents`. `file` names a plain manifest; a document's own source wins over it.
 *  Throws a ManifestError with all problems at once: no YAML, no object, no apiVersion, kind or name. */
export function manifestsOf(documents: readonly Document[], file?: string): ReadText {
  const problems: string[] = [];
  const manifests: ParsedManifest[] = [];
  const slips: TextSlip[] = [];
  for (const [index, document] of documents.entries()) {
    const where = document.source ?? file;
    if (document.problem !== undefined) problems.push(problemText(document, document.problem, file));
    for (const { object, within } of document.objects ?? []) {
      const missing = whatIsMissing(object);
      if (missing !== undefined) {
        problems.push(problemText(document, within === undefined ? missing : `${within}: ${missing}`, file));
        continue;
      }
      const hook = read(object, "metadata", "annotations", "helm.sh/hook");
      manifests.push({
        object,
        document: index,
        ...(where !== undefined && { file: where }),
        ...(within !== undefined && { within }),
        ...(typeof hook === "string" && { hook }),
      });
    }
    for (const slip of document.slips ?? []) slips.push({ ...slip, file: where ?? "the text" });
  }
  if (problems.length > 0) throw new ManifestError(problems);
  return { manifests, slips };
}

function whatIsMissing(object: JsonObject): string | undefined {
  for (const key of ["apiVersion", "kind"]) if (text(object, key) === "") return `${key} is missing or not a text`;
  return text(object, "metadata", "name") === "" && text(object, "metadata", "generateName") === ""
    ? `metadata.name of the ${text(object, "kind")} is missing or not a text`
    : undefined;
}

/** One problem in words. Lines count from the first line of a plain file, and from the first rendered line below `# Source:`. */
function problemText({ source, line, problemLine }: Document, reason: string, file: string | undefined): string {
  if (source !== undefined) {
    const place = problemLine === undefined ? "" : `, line ${problemLine - line + 1} of what it renders to`;
    return `${source}${place}: ${reason}`;
  }
  return `${file ?? "line "}${file === undefined ? "" : ":"}${problemLine ?? line}: ${reason}`;
}

/** The text of one document, from its first line to the next separator. */
export function textOf(document: Document, lines: readonly string[]): string {
  let end = document.line - 1;
  while (end < lines.length && !lines[end]?.startsWith("---")) end += 1;
  return lines.slice(document.line - 1, end).join("\n");
}
