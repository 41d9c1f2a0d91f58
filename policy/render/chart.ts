/** Reads a chart's folder before Helm does: bounds it, refuses links that lead out of it, and gives the digest renders are remembered by. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
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
  const now = BigInt(Date.now()) * 1_000_000n;
  const { files, state, changed } = listFiles(path, realpathSync(root));
  const before = known.get(path);
  if (before?.state === state) return before.chart;
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(fileDigest(join(path, file)));
  const chart = { path, digest: hash.digest("hex"), files };
  if (known.size >= maxKnown) known.clear();
  if (now - changed > clockTick) known.set(path, { state, chart });
  return chart;
}

/** Whether a chart is no longer the one that was read: what Helm would install then is not what was evaluated. */
export function hasChanged({ path, digest }: Pick<Chart, "path" | "digest">, root?: string): boolean {
  try {
    return readChart(path, root).digest !== digest;
  } catch (error) {
    if (error instanceof RenderError) return true; // a chart that is refused or gone
    throw error;
  }
}

/** Charts read before, by path: one whose files have the times, sizes and inodes they had is not read again. */
const known = new Map<string, { readonly state: string; readonly chart: Chart }>();
const maxKnown = 512;
/** Nanoseconds in which a file may change twice and keep its times: the coarsest clock of a file system, FAT's. Git has the same rule (racy-git). */
const clockTick = 2_000_000_000n;

function fileDigest(path: string): Buffer {
  return createHash("sha256").update(readFileSync(path)).digest();
}

/** The files of a chart, what tells that one of them changed, and when the last of them did, in nanoseconds since 1970. */
function listFiles(chart: string, root: string): { files: string[]; state: string; changed: bigint } {
  const files: string[] = [];
  const state: unknown[] = [];
  let changed = 0n;
  let bytes = 0n;
  const visit = (folder: string, above: readonly string[]): void => {
    const real = realpathSync(folder);
    if (above.includes(real)) throw refused(chart, folder, "is a link to a folder it lies in");
    const entries = readdirSync(folder, { withFileTypes: true });
    for (const found of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const entry = `${folder}${sep}${found.name}`;
      if (found.isSymbolicLink()) requireInside(chart, entry, root);
      const stat = statSync(entry, { bigint: true });
      if (stat.isDirectory()) visit(entry, [...above, real]);
      else if (stat.isFile()) {
        const file = relative(chart, entry).split(sep).join("/");
        bytes += stat.size;
        files.push(file);
        state.push(file, stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs);
        for (const time of [stat.mtimeNs, stat.ctimeNs]) if (time > changed) changed = time;
      } else throw refused(chart, entry, "is neither a file nor a folder");
      if (files.length > maxFiles) throw refused(chart, chart, `has more than ${maxFiles} files`);
      if (bytes > BigInt(maxBytes)) throw refused(chart, chart, `is larger than ${maxBytes / 1024 / 1024} MiB`);
    }
  };
  visit(chart, []);
  return { files, state: state.join("\0"), changed };
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
