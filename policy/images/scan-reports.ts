/** Reads the folder of vulnerability reports. What cannot be read is a report with a problem: its image then has none, and is refused. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeText } from "../manifest/decode-text";
import { type ScanReport, toScanReport } from "./scan-report";

/** Largest report that is read, in bytes. */
const largest = 64 * 1024 * 1024;

/** Every .json below the folder, in the order of their names; none when there is no such folder. Never throws. */
export function readScanReports(folder: string): ScanReport[] {
  let files: string[];
  try {
    files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
  } catch {
    return [];
  }
  return files.toSorted().map((file) => readOne(folder, file));
}

function readOne(folder: string, file: string): ScanReport {
  const nothing = { file, digests: [], names: [], vulnerabilities: [] };
  try {
    const bytes = readFileSync(join(folder, file));
    if (bytes.length > largest) return { ...nothing, problem: "larger than 64 MiB" };
    return toScanReport(file, JSON.parse(decodeText(bytes)));
  } catch (error) {
    return { ...nothing, problem: error instanceof SyntaxError ? "not JSON" : "not readable" };
  }
}
