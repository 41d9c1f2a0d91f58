/** Where a field of a rendered object is written: the line of the template it came from. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../contract";
import { type Document, type ParsedManifest, splitDocuments } from "../manifest/manifest";
import { lineOf } from "../manifest/position";
import { templateLine } from "./template-lines";

/** For `judge`: the one-based line in the template of `chart` (its folder) for a field of an object in the rendered `text`.
 *  Undefined where the template cannot be read or nothing in it agrees with what was rendered. Reads files only when asked. */
export function chartLines(chart: string, text: string): (manifest: Manifest, field: string) => number | undefined {
  let documents: readonly Document[] | undefined;
  return (manifest: ParsedManifest, field) => {
    documents ??= splitDocuments(text);
    const document = manifest.document === undefined ? undefined : documents[manifest.document];
    const template = document?.source === undefined ? undefined : templateOf(chart, document.source);
    if (document === undefined || template === undefined) return undefined;
    const path = [manifest.within, field].filter((part) => part).join(".");
    const line = lineOf(document.text, path);
    return line === undefined ? undefined : templateLine(template, document.text, line);
  };
}

/** For plain manifests: the line in their own text. */
export function textLines(text: string): (manifest: Manifest, field: string) => number | undefined {
  let documents: readonly Document[] | undefined;
  return (manifest: ParsedManifest, field) => {
    documents ??= splitDocuments(text);
    const document = manifest.document === undefined ? undefined : documents[manifest.document];
    if (document === undefined) return undefined;
    const line = lineOf(document.text, [manifest.within, field].filter((part) => part).join("."));
    return line === undefined ? undefined : document.firstLine + line - 1;
  };
}

/** Text of a template; Helm's source begins with the chart's name, "<chart>/templates/job.yaml". */
function templateOf(chart: string, source: string): string | undefined {
  const file = join(chart, source.slice(source.indexOf("/") + 1));
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;
}
