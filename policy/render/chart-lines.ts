/** Where a field of an object is written: the line of the template it came from, or of the file. The positions come from a parser of their own: where
 *  it reads a text differently from the reader the objects come from, a line is missing or wrong, and nothing else. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../contract";
import { type Document, textOf } from "../manifest/documents";
import type { ParsedManifest } from "../manifest/manifest";
import { lineOf } from "../manifest/position";
import { templateLine } from "./template-lines";

type Lines = (manifest: Manifest, field: string) => number | undefined;

/** For `evaluate`: the one-based line in the template of `chart` (its folder) for a field of an object in the rendered `text`.
 *  Undefined where the template cannot be read or nothing in it agrees with what was rendered. Reads files only when asked. */
export function chartLines(chart: string, text: string, documents: readonly Document[]): Lines {
  return linesIn(text, documents, ({ source }, own, line) => {
    const template = source === undefined ? undefined : templateOf(chart, source);
    return template === undefined ? undefined : templateLine(template, own, line);
  });
}

/** For plain manifests: the line in their own text. */
export function textLines(text: string, documents: readonly Document[]): Lines {
  return linesIn(text, documents, (document, _, line) => document.line + line - 1);
}

/** @param place a line of the document → the line to say */
function linesIn(
  text: string,
  documents: readonly Document[],
  place: (document: Document, text: string, line: number) => number | undefined,
): Lines {
  let lines: readonly string[] | undefined;
  return (manifest: ParsedManifest, field) => {
    const document = manifest.document === undefined ? undefined : documents[manifest.document];
    if (document === undefined) return undefined;
    lines ??= text.split(/\r?\n/);
    const own = textOf(document, lines);
    const line = lineOf(own, [manifest.within, field].filter((part) => part).join("."));
    return line === undefined ? undefined : place(document, own, line);
  };
}

/** Text of a template; Helm's source begins with the chart's name, "<chart>/templates/job.yaml". */
function templateOf(chart: string, source: string): string | undefined {
  const file = join(chart, source.slice(source.indexOf("/") + 1));
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;
}
