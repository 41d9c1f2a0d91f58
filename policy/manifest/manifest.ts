/** Text → objects, each with the file and the document it was written in. Reads what Helm prints and plain Kubernetes YAML alike. */
import { load, YAMLException } from "js-yaml";
import type { Json, JsonObject, Manifest, ObjectRef } from "../contract";
import { isCluster } from "./cluster-kinds";
import { kubernetesSchema } from "./manifest-schema";
import { plainJson } from "./plain-json";

/** A manifest that may stand inside a List: `within` is its path in the document, e.g. "items[2]". */
export interface ParsedManifest extends Manifest {
  readonly within?: string;
}

/** Text that is not Kubernetes objects. `problems` holds every one of them, each complete: file, line, what is wrong. */
export class ManifestError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ManifestError";
  }
}

/** One document of a text. */
export interface Document {
  readonly text: string;
  /** The `# Source:` line's file, when there is one. */
  readonly source?: string;
  /** One-based line of the whole text at which `text` begins. */
  readonly firstLine: number;
}

/** Splits at `---` lines, as Helm and kubectl do. Documents that hold only comments stay, so that indexes do not shift. */
export function splitDocuments(text: string): Document[] {
  const plain = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const documents: Document[] = [];
  let start = 0;
  let firstLine = 1;
  const close = (end: number): void => {
    const body = plain.slice(start, end);
    documents.push({ text: body, source: /^# Source: (.+)$/m.exec(body)?.[1]?.trim(), firstLine });
  };
  let line = 1;
  let counted = 0;
  for (const { index, 0: mark } of plain.matchAll(/(?:^|\n)---(?=\s|$)/g)) {
    close(index);
    start = index + mark.length;
    for (let at = plain.indexOf("\n", counted); at >= 0 && at < start; at = plain.indexOf("\n", counted)) {
      line += 1;
      counted = at + 1;
    }
    firstLine = line;
  }
  close(plain.length);
  return documents;
}

/** Every object in `text`, Lists opened. `file` names a plain manifest; Helm's `# Source:` lines win over it.
 *  Throws a ManifestError with all problems at once: no YAML, duplicate keys, no object, no apiVersion, kind or name. */
export function parseManifests(text: string, file?: string): ParsedManifest[] {
  const problems: string[] = [];
  const manifests: ParsedManifest[] = [];
  for (const [index, document] of splitDocuments(text).entries()) {
    const where = document.source ?? file;
    try {
      const value = parseDocument(document.text);
      if (value !== null) open(value, { file: where, document: index }, "", manifests);
    } catch (error) {
      problems.push(problemOf(error, document, file));
    }
  }
  if (problems.length > 0) throw new ManifestError(problems);
  return manifests;
}

/** One problem in words. Lines count from the first line of a plain file, and from the first rendered line below `# Source:`. */
function problemOf(error: unknown, document: Document, file: string | undefined): string {
  const parse = error instanceof YAMLException ? error : undefined;
  const deep = error instanceof RangeError;
  if (parse === undefined && !deep && !(error instanceof TypeError)) throw error;
  const reason = deep ? "nested too deeply" : (parse?.reason ?? (error as Error).message);
  const inDocument = parse?.mark?.line ?? 0;
  if (document.source !== undefined) {
    const place = parse === undefined ? "" : `, line ${inDocument - 1} of what it renders to`;
    return `${document.source}${place}: ${reason}`;
  }
  const line = document.firstLine + (inDocument || firstUsed(document.text));
  return `${file ?? "line "}${file === undefined ? "" : ":"}${line}: ${reason}`;
}

/** Index of the first line that holds more than a comment. */
function firstUsed(text: string): number {
  return Math.max(
    0,
    text.split("\n").findIndex((line) => /^\s*[^#\s]/.test(line)),
  );
}

/** One YAML document as JSON; null when it is empty. */
function parseDocument(text: string): Json {
  const value = load(text, { schema: kubernetesSchema }) ?? null;
  if (text.includes("&")) return plainJson(value);
  // Without an anchor it is a tree no larger than its text. Written and read again it takes a third of the memory: what the parser
  // cuts out of a text keeps all of it.
  return JSON.parse(JSON.stringify(value));
}

function open(
  value: Json,
  place: { file?: string; document: number },
  within: string,
  manifests: ParsedManifest[],
): void {
  const at = within === "" ? "" : `${within}: `;
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new TypeError(`${at}a Kubernetes object must be a map`);
  for (const key of ["apiVersion", "kind"]) {
    if (typeof value[key] !== "string" || value[key] === "")
      throw new TypeError(`${at}${key} is missing or not a text`);
  }
  if (String(value.kind).endsWith("List") && Array.isArray(value.items)) {
    for (const [index, item] of value.items.entries())
      open(item, place, `${within && `${within}.`}items[${index}]`, manifests);
    return;
  }
  const metadata = record(value.metadata);
  if (typeof metadata.name !== "string" && typeof metadata.generateName !== "string") {
    throw new TypeError(`${at}metadata.name of the ${value.kind} is missing or not a text`);
  }
  const hook = record(metadata.annotations)["helm.sh/hook"];
  manifests.push({
    object: value,
    ...place,
    ...(within !== "" && { within }),
    ...(typeof hook === "string" && { hook }),
  });
}

/** The object's name for people; objects that name no namespace are in `namespace`, unless they belong to the whole cluster. */
export function refOf(object: JsonObject, namespace?: string): ObjectRef {
  const metadata = record(object.metadata);
  const apiVersion = text(object.apiVersion);
  const kind = text(object.kind);
  const own = isCluster(apiVersion, kind) ? undefined : text(metadata.namespace) || namespace;
  return {
    apiVersion,
    kind,
    name: text(metadata.name) || text(metadata.generateName),
    ...(own !== undefined && { namespace: own }),
  };
}

function record(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
