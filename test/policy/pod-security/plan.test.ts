import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { podSecurityCheck } from "../../../policy/pod-security/contract/check";
import { checksFor, newestVersion } from "../../../policy/pod-security/plan";
import { podSecurityChecks } from "../../../policy/pod-security/registry";

const room = join(__dirname, "..", "..", "..", "policy", "pod-security", "checks");
const ids = (level: "baseline" | "restricted", version: string) =>
  checksFor(level, version).map(({ check }) => check.upstream);

describe("pod-security-plan", () => {
  it("[MR-34] has upstream's 19 checks, up to v1.37, each in a file with a test of its id", () => {
    const stems = podSecurityChecks.map(({ id }) => id).sort();
    const files = (folder: string, ending: string) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .map((name) => name.slice(0, -ending.length))
        .sort();
    assert.equal(stems.length, 19);
    assert.equal(newestVersion, 37);
    assert.deepEqual(files(room, ".ts"), stems);
    assert.deepEqual(files(join(__dirname, "checks"), ".test.ts"), stems);
  });

  it("[MR-34] runs baseline checks, then restricted ones, each by upstream's id", () => {
    for (const level of ["baseline", "restricted"] as const) {
      const upstream = podSecurityChecks.filter((check) => check.level === level).map((check) => check.upstream);
      assert.deepEqual(upstream, upstream.toSorted());
    }
    assert.equal(
      podSecurityChecks.findLastIndex(({ level }) => level === "baseline"),
      11,
    );
  });

  it("[MR-34] says of every check what a reader needs", () => {
    for (const { title, want, fix, severity, overrides } of podSecurityChecks) {
      assert.match(title, /^[A-Z/].*\.$/);
      assert.ok(want !== "" && fix !== "" && ["low", "medium", "high", "critical"].includes(severity));
      if (overrides !== undefined)
        assert.ok(podSecurityChecks.some(({ id, level }) => id === overrides && level === "baseline"));
    }
  });

  it("[MR-34] replaces a baseline check only from its successor's first version on", () => {
    assert.deepEqual(ids("restricted", "v1.0").slice(-2), ["restrictedVolumes", "runAsNonRoot"]);
    assert.ok(ids("restricted", "v1.21").includes("capabilities_baseline"));
    assert.ok(!ids("restricted", "v1.22").includes("capabilities_baseline"));
    assert.ok(ids("restricted", "v1.34").includes("procMount"));
    assert.ok(!ids("restricted", "v1.35").includes("procMount"));
    assert.ok(ids("baseline", "latest").includes("procMount"));
    assert.deepEqual(checksFor("privileged", "latest"), []);
  });

  it("[MR-34] makes each list once", () => {
    assert.equal(checksFor("restricted", "latest"), checksFor("restricted", "v1.37"));
    assert.equal(checksFor("restricted", "v1.99"), checksFor("restricted", "latest"));
    assert.equal(checksFor("baseline", "latest", "v1.20"), checksFor("baseline", "v1.20"));
  });

  it("[MR-34] refuses a check that contradicts itself", () => {
    const [check] = podSecurityChecks;
    assert.ok(check);
    const find = () => null;
    const make = (change: object) => () =>
      podSecurityCheck({ ...check, versions: [{ since: "v1.0", find }], ...change });
    assert.throws(make({ versions: [] }), /check app-armor-profile: has no versions/);
    assert.throws(
      make({
        versions: [
          { since: "v1.3", find },
          { since: "v1.3", find },
        ],
      }),
      /versions must rise/,
    );
    assert.throws(make({ overrides: "privileged" }), /only restricted checks may override/);
  });
});
