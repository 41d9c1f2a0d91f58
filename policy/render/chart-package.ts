/** A chart's folder → its package, and the digest a registry has it under: a function of the files alone. From the folder follows whether
 *  a digest that a controller pulls is this chart. The manifest is the one `helm push` makes of the archive, whose file carries the time zero.
 *  Upstream: helm.sh/helm/v3 pkg/registry/client.go (Push), util.go (generateOCIAnnotations), pkg/chart/metadata.go. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { load } from "js-yaml";
import { entries, list, read, text } from "../manifest/read";
import { readChart } from "./chart";
import { type ArchivedFile, archiveOf } from "./chart-archive";
import { ignoredBy } from "./helm-ignore";
import { RenderError } from "./render-error";

/** A packed chart. */
export interface ChartPackage {
  readonly name: string;
  readonly version: string;
  /** The .tgz. */
  readonly archive: Buffer;
  /** Digest of its OCI manifest: what `helm push` prints, and what pins it. */
  readonly digest: string;
}

const layerType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const configType = "application/vnd.cncf.helm.config.v1+json";

/** Packs the chart in an absolute folder, links followed, what .helmignore names left out. Throws a RenderError that says what is wrong with it. */
export function packChart(folder: string): ChartPackage {
  const { digest, files } = readChart(folder);
  const before = known.get(folder);
  if (before?.digest === digest) return before.packed;
  if (files.length === 0) throw refused("an archive is packed already; name the chart's folder");
  const isIgnored = ignoredBy(files.includes(".helmignore") ? readFileSync(join(folder, ".helmignore"), "utf8") : "");
  const about = metadataOf(readFileSync(join(folder, "Chart.yaml"), "utf8"));
  const name = text(about, "name");
  const version = text(about, "version");
  if (name === "" || basename(name) !== name || version === "") throw refused("Chart.yaml has no name or no version");
  const kept = files.filter((file) => !isIgnored(file)).sort();
  const archive = archiveOf(
    kept.map((file): ArchivedFile => ({ path: `${name}/${file}`, content: readFileSync(join(folder, file)) })),
  );
  const manifest = json({
    schemaVersion: 2,
    config: descriptor(configType, Buffer.from(json(about))),
    layers: [descriptor(layerType, archive)],
    annotations: annotationsOf(about),
  });
  const packed = { name, version, archive, digest: sha256(Buffer.from(manifest)) };
  if (known.size >= 64) known.clear();
  known.set(folder, { digest, packed });
  return packed;
}

/** Packages made before, by folder: the policies ask for the same again and again. */
const known = new Map<string, { readonly digest: string; readonly packed: ChartPackage }>();

const sha256 = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const descriptor = (mediaType: string, bytes: Buffer): object => ({
  mediaType,
  digest: sha256(bytes),
  size: bytes.length,
});

/** JSON as Go writes it: as JavaScript does, but for what is dangerous inside HTML. */
const json = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Fields of Chart.yaml in the order of Helm's type, with those that are empty left out. */
function metadataOf(source: string): object {
  let about: unknown;
  try {
    about = load(source);
  } catch {
    throw refused("Chart.yaml is no YAML");
  }
  const said = (key: string): string | undefined => {
    const value = read(about, key);
    if (value !== undefined && typeof value !== "string") throw refused(`Chart.yaml: ${key} must be text, in quotes`);
    return value ? printable(value) : undefined;
  };
  const texts = (key: string): string[] | undefined => filled(list(about, key).map((one) => printable(String(one))));
  const sorted = (key: string): object | undefined => {
    const pairs = entries(about, key).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
  };
  return {
    name: said("name"),
    home: said("home"),
    sources: texts("sources"),
    version: said("version"),
    description: said("description"),
    keywords: texts("keywords"),
    maintainers: filled(list(about, "maintainers").map((one) => picked(one, ["name", "email", "url"]))),
    icon: said("icon"),
    apiVersion: said("apiVersion"),
    condition: said("condition"),
    tags: said("tags"),
    appVersion: said("appVersion"),
    deprecated: read(about, "deprecated") === true || undefined,
    annotations: sorted("annotations"),
    kubeVersion: said("kubeVersion"),
    dependencies: filled(list(about, "dependencies").map(dependencyOf)),
    type: said("type"),
  };
}

const filled = <T>(items: T[]): T[] | undefined => (items.length > 0 ? items : undefined);

/** Helm makes every white space a blank before it stores a chart's metadata. */
const printable = (value: string): string => value.replaceAll(/\s/g, " ");

const picked = (one: unknown, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    keys.flatMap((key) => {
      const value = read(one, key);
      const isEmpty =
        value === undefined || value === "" || value === false || (Array.isArray(value) && value.length === 0);
      return isEmpty ? [] : [[key, typeof value === "string" ? printable(value) : value]];
    }),
  );

const dependencyOf = (one: unknown): object => ({
  name: text(one, "name"),
  ...picked(one, ["version"]),
  repository: text(one, "repository"),
  ...picked(one, ["condition", "tags", "enabled", "import-values", "alias"]),
});

function annotationsOf(about: object): Record<string, string> {
  const authors = list(about, "maintainers").map((one) => {
    const email = text(one, "email");
    return `${text(one, "name")}${email === "" ? "" : ` (${email})`}`;
  });
  const own = {
    description: text(about, "description"),
    title: text(about, "name"),
    version: text(about, "version"),
    url: text(about, "home"),
    created: "1970-01-01T00:00:00Z",
    source: String(list(about, "sources")[0] ?? ""),
    authors: authors.join(", "),
  };
  const named = Object.entries(own).map(([key, value]) => [`org.opencontainers.image.${key}`, value] as const);
  const fixed = ["org.opencontainers.image.version", "org.opencontainers.image.title"];
  const given = entries(about, "annotations").filter(([key]) => !fixed.includes(key));
  const all = new Map([...named.filter(([, value]) => value.trim() !== ""), ...given] as [string, string][]);
  return Object.fromEntries([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const refused = (message: string): RenderError =>
  new RenderError({ kind: "chart", message: `chart refused: ${message}`, file: "Chart.yaml" });
