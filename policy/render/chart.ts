/** Reads a chart's folder before Helm does: bounds it, refuses links that lead out of it, and gives the digest renders are remembered by. */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { RenderError } from "./render-error";

/** A chart as it lies on disk. */
export interface Chart {
  /** Absolute path of the folder or archive. */
  readonly path: string;
  /** sha256 over every path and content, in hex: equal digests render equally. */
  readonly digest: string;
  /** Paths below the chart, with "/", sorted. Empty for an archive. */
  readonly files: readonly string[];
}

/** Most files one chart may have, and most bytes: far above real charts, far below what hurts. */
const maxFiles = 10_000;
const maxBytes = 100 * 1024 * 1024;

/** Reads the chart at the absolute `path`. Links may lead anywhere inside `root` (default: the folder the chart lies in), nowhere else.
 *  Throws a RenderError that names the file. */
export function readChart(path: string, root = dirname(path)): Chart {
  if (!existsSync(path)) throw new RenderError({ kind: "chart", message: `chart not found: ${path}` });
  if (statSync(path).isFile()) {
    const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
    return { path, digest, files: [] };
  }
  if (!existsSync(join(path, "Chart.yaml"))) {
    throw new RenderError({ kind: "chart", message: `not a chart: ${path} has no Chart.yaml` });
  }
  const files = listFiles(path, realpathSync(root));
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(fileDigest(join(path, file)));
  return { path, digest: hash.digest("hex"), files };
}

function fileDigest(path: string): Buffer {
  return createHash("sha256").update(readFileSync(path)).digest();
}

function listFiles(chart: string, root: string): string[] {
  const files: string[] = [];
  let bytes = 0;
  const visit = (folder: string, above: readonly string[]): void => {
    const real = realpathSync(folder);
    if (above.includes(real)) throw refused(chart, folder, "is a link to a folder it lies in");
    for (const name of readdirSync(folder).toSorted()) {
      const entry = join(folder, name);
      if (lstatSync(entry).isSymbolicLink()) requireInside(chart, entry, root);
      const stat = statSync(entry);
      if (stat.isDirectory()) visit(entry, [...above, real]);
      else if (stat.isFile()) {
        bytes += stat.size;
        files.push(relative(chart, entry).split(sep).join("/"));
      } else throw refused(chart, entry, "is neither a file nor a folder");
      if (files.length > maxFiles) throw refused(chart, chart, `has more than ${maxFiles} files`);
      if (bytes > maxBytes) throw refused(chart, chart, `is larger than ${maxBytes / 1024 / 1024} MiB`);
    }
  };
  visit(chart, []);
  return files;
}

function requireInside(chart: string, link: string, root: string): void {
  let target: string;
  try {
    target = realpathSync(link);
  } catch {
    throw refused(chart, link, "is a link to nothing");
  }
  if (target !== root && !target.startsWith(root + sep))
    throw refused(chart, link, "is a link that leaves the charts folder");
}

function refused(chart: string, entry: string, why: string): RenderError {
  const file = relative(chart, entry) || ".";
  return new RenderError({ kind: "chart", message: `chart refused: ${file} ${why}`, file });
}
