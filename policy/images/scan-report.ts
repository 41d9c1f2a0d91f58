/** A vulnerability report of Trivy or Grype, brought to one shape. Pure; reading the files is in scan-reports.ts. */

import type { Severity } from "../contract";
import { list, read, text } from "../manifest/read";
import { parseImage } from "./image-reference";

/** What one file says. */
export interface ScanReport {
  readonly file: string;
  /** Who scanned: the newest report of each counts. */
  readonly scanner?: "trivy" | "grype";
  /** Why the file is no report; then it counts for no image. */
  readonly problem?: string;
  /** Digests of the image, "sha256:…". */
  readonly digests: readonly string[];
  /** Names of the image, as registry/path:tag. */
  readonly names: readonly string[];
  /** When the scan ran, in milliseconds since 1970; undefined when the report does not say. */
  readonly created?: number;
  readonly vulnerabilities: readonly { readonly id: string; readonly severity: Severity | "unknown" }[];
}

const severities: readonly string[] = ["low", "medium", "high", "critical"];

/** Severities from least to worst. */
export const rank = (severity: Severity | "unknown"): number => severities.indexOf(severity);

/** The report in a JSON document. Fields: Trivy's SchemaVersion 2, Grype's descriptor and matches. */
export function toScanReport(file: string, document: unknown): ScanReport {
  if (read(document, "ArtifactName") !== undefined) return ofTrivy(file, document);
  if (read(document, "descriptor", "name") === "grype") return ofGrype(file, document);
  return {
    file,
    problem: "neither a report of Trivy nor of Grype (JSON)",
    digests: [],
    names: [],
    vulnerabilities: [],
  };
}

/** `registry/path:tag` of a reference, for comparing. */
export function nameOf(image: string): string {
  const reference = parseImage(image);
  return reference === undefined ? image : `${reference.registry}/${reference.path}:${reference.tag ?? "latest"}`;
}

function ofTrivy(file: string, document: unknown): ScanReport {
  const repoDigests = texts(list(document, "Metadata", "RepoDigests"));
  const names = [text(document, "ArtifactName"), ...texts(list(document, "Metadata", "RepoTags"))];
  const results = list(document, "Results");
  const kind = text(document, "ArtifactType") || "container_image";
  return {
    file,
    scanner: "trivy",
    ...problemOf(
      kind === "container_image",
      read(document, "Results"),
      results.some(hasPackages) || results.length === 0,
    ),
    ...identity([...repoDigests, ...names]),
    ...createdAt(text(document, "CreatedAt")),
    vulnerabilities: results.flatMap((result) =>
      list(result, "Vulnerabilities").map((one) => found(text(one, "VulnerabilityID"), text(one, "Severity"))),
    ),
  };
}

function ofGrype(file: string, document: unknown): ScanReport {
  const target = read(document, "source", "target");
  const named = [text(target, "userInput"), ...texts(list(target, "repoDigests")), ...texts(list(target, "tags"))];
  const own = text(target, "manifestDigest");
  const { digests, names } = identity(named);
  const kind = text(document, "source", "type") || "image";
  return {
    file,
    scanner: "grype",
    ...problemOf(kind === "image", read(document, "matches")),
    digests: own === "" ? digests : [...digests, own],
    names,
    ...createdAt(text(document, "descriptor", "timestamp")),
    vulnerabilities: list(document, "matches").map((one) =>
      found(text(one, "vulnerability", "id"), text(one, "vulnerability", "severity")),
    ),
  };
}

/** Classes of Trivy's results that say nothing of vulnerabilities: what its scanners of secrets, configurations and licences found (pkg/fanal/types/const.go). */
const otherClasses = new Set(["secret", "config", "license", "license-file", "custom"]);
const hasPackages = (result: unknown): boolean => !otherClasses.has(text(result, "Class"));

/** A report that holds no list of what was found does not say that nothing was: Trivy leaves it out when it knew nothing in the image. Nor does one of
 *  other scanners alone. */
function problemOf(isImage: boolean, found: unknown, ofPackages = true): Pick<ScanReport, "problem"> {
  if (!isImage) return { problem: "a report of something else than an image" };
  if (!Array.isArray(found)) return { problem: "a report without results" };
  return ofPackages ? {} : { problem: "a report of a scan for something else than vulnerabilities" };
}

const texts = (values: readonly unknown[]): string[] => values.filter((one): one is string => typeof one === "string");

function identity(references: readonly string[]): Pick<ScanReport, "digests" | "names"> {
  const known = references.filter((one) => one !== "");
  const digests = known.flatMap((one) => /@(sha\d+:[a-f0-9]+)$/.exec(one)?.[1] ?? []);
  return { digests, names: known.filter((one) => !one.includes("@")).map(nameOf) };
}

function createdAt(written: string): Pick<ScanReport, "created"> {
  const created = Date.parse(written);
  return Number.isNaN(created) ? {} : { created };
}

/** Grype calls its lowest "Negligible", which counts as low. */
function found(id: string, severity: string): ScanReport["vulnerabilities"][number] {
  const lower = severity.toLowerCase() === "negligible" ? "low" : severity.toLowerCase();
  return { id: id || "?", severity: severities.includes(lower) ? (lower as Severity) : "unknown" };
}
