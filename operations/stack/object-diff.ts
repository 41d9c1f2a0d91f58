import { spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import type { JsonObject } from "../../policy/contract";
import { readManifests } from "../../policy/render/read-files";

/** HMAC key of this run: equal secrets get equal placeholders, and a placeholder reveals nothing about the secret. */
const key = randomBytes(32);
const mask = (value: unknown): string =>
  `(secret ${createHmac("sha256", key).update(JSON.stringify(value)).digest("hex").slice(0, 6)})`;

/** An object for the diff: keys sorted, values of a Secret replaced by placeholders. */
function readable(object: JsonObject): string {
  const shown = { ...object };
  for (const field of object.kind === "Secret" ? ["data", "stringData"] : []) {
    const values = object[field];
    if (typeof values !== "object" || values === null || Array.isArray(values)) continue;
    shown[field] = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, mask(value)]));
  }
  return dump(shown, { lineWidth: -1, noRefs: true, sortKeys: true });
}

/** An object as its chart has it: Flux adds labels of its own to each, and the beginning of the digest to the version of the chart. */
export function withoutFlux({ metadata, ...rest }: JsonObject): JsonObject {
  const { labels, ...others } = (metadata ?? {}) as { labels?: Record<string, unknown> };
  const own = Object.entries(labels ?? {})
    .filter(([key]) => !key.startsWith("helm.toolkit.fluxcd.io/"))
    .map(([key, value]) => [key, key === "helm.sh/chart" ? String(value).replace(/_[0-9a-f]{12}$/, "") : value]);
  return { ...rest, metadata: { ...others, ...(own.length > 0 && { labels: Object.fromEntries(own) }) } } as JsonObject;
}

/** How objects are written for the comparison. */
export interface Layout {
  /** Namespace of objects without one. @default "" */
  readonly namespace?: string;
  /** Whether Helm hooks are written too; the manifest in Helm's record does not contain them. */
  readonly hooks: boolean;
  /** Transforms an object before it is written. @default unchanged */
  readonly as?: (object: JsonObject) => JsonObject;
}

/** Writes every object of a rendered text into a file of its own below `folder`; objects of one name share a file.
 *  Throws a ManifestError for a text that is no objects. */
export async function layObjects(folder: string, text: string, layout: Layout): Promise<void> {
  const { namespace = "", hooks, as = (object) => object } = layout;
  mkdirSync(folder, { recursive: true });
  for (const { object, hook } of (await readManifests(text)).manifests) {
    if (hook !== undefined && !hooks) continue;
    const { name, namespace: own } = (object.metadata ?? {}) as { name?: string; namespace?: string };
    const parts = [own ?? namespace, String(object.kind), String(name)].filter((part) => part !== "");
    // A name comes from a chart: it must not lead out of the folder.
    const file = parts.map((part) => part.replaceAll(/[^\w.:-]/g, "_")).join("_");
    appendFileSync(join(folder, `${file}.yaml`), `---\n${readable(as(object))}`);
  }
}

/** The unified diff between two folders inside `parent`; empty when they are equal. */
export function diffFolders(parent: string, before: string, after: string, color = false): string {
  for (const folder of [before, after]) mkdirSync(join(parent, folder), { recursive: true });
  const plain = ["--no-ext-diff", "--no-textconv", "--src-prefix=", "--dst-prefix="];
  const args = ["diff", "--no-index", `--color=${color ? "always" : "never"}`, ...plain, "--", before, after];
  const { stdout, status, stderr } = spawnSync("git", args, { cwd: parent, encoding: "utf8", maxBuffer: 64 * 2 ** 20 });
  if (status !== 0 && status !== 1) throw new Error(`git diff failed: ${stderr}`);
  return stdout;
}
