import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScanReports } from "../../../policy/images/scan-reports";

describe("scan reports", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "scans-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("[COS-13] reads every .json below the folder, by name", () => {
    mkdirSync(join(folder, "deep"));
    writeFileSync(join(folder, "b.json"), JSON.stringify({ ArtifactName: "web:1", CreatedAt: "2027-01-01T00:00:00Z" }));
    writeFileSync(join(folder, "deep/a.json"), JSON.stringify({ descriptor: { name: "grype" }, matches: [] }));
    writeFileSync(join(folder, "notes.txt"), "x");
    const reports = readScanReports(folder);
    assert.deepEqual(
      reports.map(({ file, names, created }) => [file, names, created]),
      [
        ["b.json", ["docker.io/library/web:1"], Date.UTC(2027, 0, 1)],
        ["deep/a.json", [], undefined],
      ],
    );
  });

  it("[COS-13] keeps what is no report, so that it fails instead of passing", () => {
    writeFileSync(join(folder, "cut.json"), '{"ArtifactName": "we');
    mkdirSync(join(folder, "folder.json"));
    writeFileSync(join(folder, "other.json"), "[1]");
    assert.deepEqual(
      readScanReports(folder).map(({ file, problem, digests }) => [file, problem, digests]),
      [
        ["cut.json", "not JSON", []],
        ["folder.json", "not readable", []],
        ["other.json", "neither a report of Trivy nor of Grype (JSON)", []],
      ],
    );
  });

  it("reads what other systems' shells write: a byte order mark, UTF-16", () => {
    const text = JSON.stringify({ ArtifactName: "web:1", Results: [], CreatedAt: "2027-01-01T00:00:00Z" });
    const little = Buffer.from(`\ufeff${text}`, "utf16le");
    writeFileSync(join(folder, "a.json"), `\ufeff${text}`);
    writeFileSync(join(folder, "b.json"), little);
    writeFileSync(join(folder, "c.json"), Buffer.from(little).swap16());
    assert.deepEqual(
      readScanReports(folder).map(({ file, problem, names }) => [file, problem, names]),
      ["a.json", "b.json", "c.json"].map((file) => [file, undefined, ["docker.io/library/web:1"]]),
    );
  });

  it("finds nothing where there is no folder", () => assert.deepEqual(readScanReports(join(folder, "none")), []));
});
