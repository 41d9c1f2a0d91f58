import assert from "node:assert/strict";
import type { Evidence } from "../../../components/evidence";
import type { IndexEntry } from "../../../operations/readiness/evidence";
import { complianceGate, docsGate, drillGate, lintGate, relaxedSettings } from "../../../operations/readiness/gates";
import { readTargets } from "../../../operations/readiness/security-targets";

const now = new Date("2027-01-15T12:00:00Z");
const looking = { stack: "dev", context: "local", uid: "u", now, maxAgeDays: 31 };
const entry = (kind: IndexEntry["kind"], subject: string, more: Partial<IndexEntry> = {}): IndexEntry => ({
  kind,
  subject,
  time: "2027-01-10T00:00:00Z",
  stack: "dev",
  chart: "service-0.1.0",
  commit: "c",
  cluster: { context: "local", uid: "u" },
  tool: "t",
  verdict: "passed",
  file: `${kind}-${subject.replaceAll(" ", "-")}.json`,
  ...more,
});
const drills = ["pod-kill api", "node-drain api", "bad-release api"].map((subject) => entry("drill", subject));

describe("hardened ready: the four gates", () => {
  const check = { release: "ns/web", chart: "charts/service", lint: [], violations: [] };
  const image = { object: "Deployment/web", container: "web", image: "web@sha256:0", digest: "sha256:0" };
  const deployed = {
    namespace: "ns",
    release: "web",
    problem: null,
    images: [image],
    manifest: { sha256: "aa" },
    policy: { mandatory: 0 },
  } as unknown as Evidence;
  const rendered = new Map([["ns/web", "aa"]]);

  it("[COS-56] lint: passes on clean charts whose deployment is what the checkout renders", () => {
    assert.deepEqual(lintGate([check], [deployed], rendered, "f.json"), {
      gate: "lint and schema",
      passed: true,
      open: [],
      evidence: ["f.json"],
    });
  });

  it("[COS-56] [COS-63] lint: open for a warning, a violation, nothing deployed, an image by tag, and another manifest than this one", () => {
    const open = (...args: Parameters<typeof lintGate>): string => lintGate(...args).open.join("; ");
    assert.match(
      open([{ ...check, lint: ["helm lint: [WARNING] x"] }], [deployed], rendered, ""),
      /ns\/web: helm lint: \[WARNING\] x/,
    );
    assert.match(open([{ ...check, violations: ["privileged: …"] }], [deployed], rendered, ""), /privileged/);
    assert.match(open([check], null, rendered, ""), /nothing of it is deployed; run hardened up/);
    assert.match(open([], [], rendered, ""), /has no release/);
    const tagged = { ...deployed, images: [{ ...image, image: "web:1", digest: null }] };
    assert.match(open([check], [tagged], rendered, ""), /images by tag: web:1/);
    assert.match(open([check], [deployed], new Map([["ns/web", "bb"]]), ""), /not what this checkout renders/);
    assert.match(open([check], [deployed], new Map(), ""), /not what this checkout renders/);
    assert.match(open([check], [], rendered, ""), /hold no evidence of what was deployed/);
    assert.match(open([check], [{ ...deployed, problem: "no helm" }], rendered, ""), /proved nothing: no helm/);
    const refused = { ...deployed, policy: { mandatory: 2 } } as unknown as Evidence;
    assert.match(open([check], [refused], rendered, ""), /ns\/web: deployed with 2 mandatory findings/);
  });

  it("[COS-56] lint: open for production with scan reports older than 30 days, or signatures that nobody verified", () => {
    const warns = { "registry.example/*": { offline: "warn" }, "ghcr.io/**": { offline: "fail" } } as const;
    const found = relaxedSettings({ environment: "prod", maxAgeHours: 876_000, signatures: warns });
    assert.match(found[0] ?? "", /^policy\.scans\.maxAgeHours is 876000: .*at most 30 days \(720\)/);
    assert.match(found[1] ?? "", /^imageSignatures\.images\["registry\.example\/\*"\]\.offline is warn/);
    assert.equal(found.length, 2);
    const gate = lintGate([check], [deployed], rendered, "f.json", found);
    assert.deepEqual([gate.passed, gate.open], [false, found]);
    for (const environment of ["staging", "dev"] as const)
      assert.deepEqual(relaxedSettings({ environment, maxAgeHours: 876_000, signatures: warns }), []);
    const strict = { "registry.example/*": { offline: "fail" } } as const;
    assert.deepEqual(relaxedSettings({ environment: "prod", maxAgeHours: 720, signatures: strict }), []);
    assert.equal(relaxedSettings({ environment: "prod", maxAgeHours: 721, signatures: strict }).length, 1);
    assert.deepEqual(relaxedSettings({ environment: "prod" }), []);
  });

  it("[COS-56] compliance: open until both reports are stored, passed, of this cluster and young", () => {
    assert.deepEqual(complianceGate([], looking).open.length, 2);
    const both = [entry("cis", "CIS"), entry("pod-security", "admission")];
    assert.deepEqual(complianceGate(both, looking).evidence, ["cis-CIS.json", "pod-security-admission.json"]);
    assert.equal(complianceGate(both, looking).passed, true);
    const [cis, admitted] = both as [IndexEntry, IndexEntry];
    assert.match(
      complianceGate([{ ...cis, verdict: "failed" }, admitted], looking).open.join(),
      /CIS: failed \(cis-CIS\.json\)/,
    );
    assert.match(
      complianceGate([{ ...cis, time: "2026-11-01T00:00:00Z" }, admitted], looking).open.join(),
      /75 days old, at most 31/,
    );
    for (const cluster of [
      { context: "local", uid: "other" },
      { context: "other", uid: "u" },
    ])
      assert.match(complianceGate([{ ...cis, cluster }, admitted], looking).open.join(), /of another cluster/);
    const { uid: _, ...unknown } = looking;
    assert.match(complianceGate(both, unknown).open.join(), /could not be asked whether this is of it/);
  });

  it("[COS-56] drills: open while a kind is missing or the newest one of a service failed; an interrupted one hides nothing", () => {
    assert.deepEqual(drillGate(drills, looking), {
      gate: "chaos drills",
      passed: true,
      open: [],
      evidence: drills.map(({ file }) => file),
    });
    for (const kind of ["pod-kill", "node-drain", "bad-release"])
      assert.deepEqual(
        drillGate(
          drills.filter(({ subject }) => !subject.startsWith(kind)),
          looking,
        ).open,
        [`no ${kind} drill is stored; run hardened drill ${kind}`],
      );
    const failed = [...drills, entry("drill", "pod-kill web", { verdict: "failed" })];
    assert.match(drillGate(failed, looking).open.join(), /pod-kill web: failed/);
    assert.equal(
      drillGate([...failed, entry("drill", "pod-kill web")], looking).passed,
      true,
      "a later one that passed counts",
    );
    assert.equal(
      drillGate([...failed, entry("drill", "pod-kill web", { verdict: "interrupted" })], looking).passed,
      false,
    );
  });

  it("[COS-55] [COS-56] documentation: open until the targets are signed, the review record filled in and nothing generated is out of date", () => {
    const targets = readTargets();
    assert.equal(docsGate(targets, [], "t.yaml").open.length, 4);
    const signed = { name: "N", date: "2027-01-01", version: "v1" };
    const done = {
      ...targets,
      approvals: { sre: signed, security: signed },
      reviews: { sre: signed, security: signed },
    };
    assert.equal(docsGate(done, [], "t.yaml").passed, true);
    assert.match(docsGate(done, ["docs/reference/config.md"], "t.yaml").open.join(), /run npm run generate/);
    for (const who of ["sre", "security"] as const) {
      for (const field of ["name", "date"] as const) {
        const half = { ...done, approvals: { ...done.approvals, [who]: { ...signed, [field]: "" } } };
        assert.deepEqual(docsGate(half, [], "t.yaml").open, [`approvals.${who} is not signed`], field);
      }
      for (const field of ["name", "date", "version"] as const) {
        const half = { ...done, reviews: { ...done.reviews, [who]: { ...signed, [field]: "" } } };
        assert.deepEqual(docsGate(half, [], "t.yaml").open, [`reviews.${who} is not filled in`], field);
      }
    }
  });
});
