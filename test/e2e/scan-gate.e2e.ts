import { strict as assert } from "node:assert";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failed, succeeded } from "../support/changes";
import { kubectl } from "../support/e2e-cluster";
import { run } from "../support/run";
import { supplyChain } from "../support/supply-chain";
import { type TestProject, testProject } from "../support/test-project";

/** A stack that asks for a vulnerability report of each of its images: nothing is deployed without one that passes. */
describe("the gate of vulnerability reports", () => {
  let project: TestProject;
  let digests: Readonly<Record<string, string>>;
  const critical = "CVE-2026-1234";
  const day = 24 * 3600 * 1000;

  /** Reports for all images of the image lock, as Trivy writes them. */
  const reports = (found: readonly string[], created = new Date()): void => {
    rmSync(join(project.root, "scans"), { recursive: true, force: true });
    mkdirSync(join(project.root, "scans"));
    for (const [name, digest] of Object.entries(digests)) {
      const Vulnerabilities = found.map((VulnerabilityID) => ({ VulnerabilityID, Severity: "CRITICAL" }));
      const report = {
        SchemaVersion: 2,
        ArtifactName: name,
        CreatedAt: created.toISOString(),
        Metadata: { RepoDigests: [`${name}@${digest}`] },
        Results: [{ Target: "os", ...(found.length > 0 && { Vulnerabilities }) }],
      };
      writeFileSync(join(project.root, "scans", `${name.replace(/\W+/g, "-")}.json`), JSON.stringify(report));
    }
  };
  const accept = (entries: readonly unknown[]): void =>
    project.mailroom((_, config) => {
      config["hardened:policy"] = { scans: { folder: "scans", accept: entries } };
    });
  const gate = () =>
    run(join(project.root, "bin/hardened"), ["check", project.stack], { cwd: project.root, env: project.env });

  before(async () => {
    project = await testProject("scan-gate");
    project.mailroom((_, config) => {
      config["hardened:environment"] = "staging";
      config["hardened:imageSignatures"] = supplyChain.imageSignatures;
    });
    digests = JSON.parse(readFileSync(join(project.root, ".hardened/images.json"), "utf8")) as Record<string, string>;
    accept([]);
  });
  after(() => project?.remove());

  it("[COS-13] without a cluster: a report that is missing, stale or holds one critical finding ends with 1, by image and CVE", async () => {
    for (const [prepare, said] of [
      [() => reports([critical]), new RegExp(`registry\\.hardened\\.test/mailroom.* with ${critical} \\(`)],
      [() => reports([], new Date(Date.now() - 30 * day)), /whose report is older/],
      [() => rmSync(join(project.root, "scans"), { recursive: true }), /which has no report/],
    ] as const) {
      prepare();
      const { code, text } = await gate();
      assert.equal(code, 1, text);
      assert.match(text, said);
      assert.match(text, /\[scan-report\]/);
    }
  });

  it("[COS-13] a clean report passes, and one whose finding is accepted with a reason until a day", async () => {
    reports([]);
    succeeded(await gate());
    reports([critical]);
    const reason = "the vulnerable code is not in the image";
    accept([{ id: critical, reason, expires: new Date(Date.now() + 30 * day).toISOString().slice(0, 10) }]);
    succeeded(await gate());
    accept([{ id: critical, reason, expires: "2026-01-01" }]);
    assert.equal((await gate()).code, 1);
    accept([]);
  });

  it("[COS-14] a preview and an update with a failing report stop before anything is changed", async () => {
    reports([critical]);
    assert.match(
      failed(await project.hardened(["preview"])),
      new RegExp(`must be one with a report .* with ${critical}`),
    );
    assert.match(failed(await project.hardened(["up"])), /the policy pack refuses this; nothing was changed/);
    const there = await kubectl(["get", "namespace", "--ignore-not-found", "-o", "name", ...project.namespaces]);
    assert.equal(there.trim(), "");
    reports([]);
    succeeded(await project.hardened(["preview"]));
  });
});
