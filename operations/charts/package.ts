import { mkdirSync, utimesSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ChartPackage, packChart } from "../../policy/render/chart-package";
import { RenderError } from "../../policy/render/render-error";
import { writeAtomic } from "../../process/atomic-write";
import { table } from "../../process/table";
import { UserError } from "../../process/user-error";
import { dependencyFaults } from "./dependencies";

const mebibyte = 2 ** 20;
/** Size in bytes from which on a warning is shown: Helm stores the chart, compressed, in a Secret, which is limited to 1 MiB. */
const large = mebibyte;

/** Options of `hardened chart package` and `push`. */
export interface PackageOptions {
  /** Maximum size of a package in MiB. */
  readonly limit: number;
}

/** A package on disk. */
export interface PackedChart {
  readonly chart: string;
  readonly version: string;
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Digest that it has in a registry. */
  readonly digest: string;
  /** Whether its size is above the warning limit. */
  readonly large: boolean;
}

/** Packages charts into a folder. Throws one UserError with every error of the charts; then nothing is written. */
export function packageCharts(folders: readonly string[], output: string, { limit }: PackageOptions): PackedChart[] {
  const mistakes: string[] = [];
  const packages = folders.flatMap((folder) => {
    const packed = packOne(resolve(folder), folder, limit);
    if (!Array.isArray(packed)) return [packed];
    mistakes.push(...packed);
    return [];
  });
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"));
  mkdirSync(output, { recursive: true });
  return packages.map((one) => written(one, output));
}

/** The package of one chart, or its errors. */
function packOne(folder: string, given: string, limit: number): ChartPackage | string[] {
  try {
    const packed = packChart(folder);
    const faults = dependencyFaults(folder);
    const size = packed.archive.length;
    if (size > limit * mebibyte)
      faults.push(
        `${given}: the package has ${inMebibytes(size)}, and the limit is ${limit} MiB; leave out what no release needs by its .helmignore, or raise --limit`,
      );
    return faults.length > 0 ? faults : packed;
  } catch (error) {
    if (error instanceof RenderError) return [`${given}: ${error.message}`];
    throw error;
  }
}

/** Helm puts the time of the file into what it pushes: without one, equal packages have equal digests. */
function written({ name, version, archive, digest }: ChartPackage, output: string): PackedChart {
  const file = join(output, `${name}-${version}.tgz`);
  writeAtomic(file, archive, 0o644);
  utimesSync(file, 0, 0);
  return { chart: name, version, file, size: archive.length, digest, large: archive.length >= large };
}

export const inMebibytes = (bytes: number): string => `${(bytes / mebibyte).toFixed(2)} MiB`;

/** The same as text. */
export function formatPackages(packages: readonly PackedChart[]): string {
  const rows = packages.map(({ chart, version, size, digest, large: isLarge }) => [
    chart,
    version,
    `${inMebibytes(size)}${isLarge ? " (large)" : ""}`,
    digest,
  ]);
  return table(["CHART", "VERSION", "SIZE", "DIGEST"], rows);
}
