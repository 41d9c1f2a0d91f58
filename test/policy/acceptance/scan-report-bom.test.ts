import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { packConfig } from "../../../policy/evaluate/pack-config";
import { deployment, image } from "../support/pod";

/** PowerShell writes a byte order mark before JSON, and with `>` UTF-16: the report is one all the same. */
describe("a report of a scan as PowerShell writes it", () => {
  const folder = mkdtempSync(join(tmpdir(), "hardened-scans-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const report = JSON.stringify({
    SchemaVersion: 2,
    CreatedAt: "2027-01-31T08:00:00Z",
    ArtifactName: image,
    ArtifactType: "container_image",
    Metadata: { RepoDigests: [image] },
    Results: [{ Target: "web", Vulnerabilities: [] }],
  });
  const little = Buffer.from(`\ufeff${report}`, "utf16le");

  for (const [title, bytes] of [
    ["without a mark", Buffer.from(report)],
    ["with a mark of UTF-8", Buffer.from(`\ufeff${report}`)],
    ["in UTF-16, little endian", little],
    ["in UTF-16, big endian", Buffer.from(little).swap16()],
  ] as const)
    it(`counts ${title}`, () => {
      writeFileSync(join(folder, "web.json"), bytes);
      const config = { "hardened:policy": { scans: { folder } } };
      const settings = packConfig(config, "hardened", folder);
      assert.deepEqual(settings.mistakes, []);
      const context = { ...settings, namespace: "shop", now: new Date("2027-01-31T12:00:00Z") };
      const { findings } = evaluate([deployment()], context);
      assert.deepEqual(
        findings.filter(({ rule }) => rule === "scan-report"),
        [],
      );
    });
});
