import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countDrill } from "../../../operations/drills/chaos-metrics";
import { type EvidenceHeader, readIndex, storeEvidence } from "../../../operations/readiness/evidence";

describe("evidence", () => {
  const folder = mkdtempSync(join(tmpdir(), "evidence-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const header: EvidenceHeader = {
    kind: "drill",
    time: "2026-01-31T10:00:00.123Z",
    subject: "pod-kill api",
    stack: "dev",
    chart: "service-0.1.0",
    commit: "abc",
    cluster: { context: "local", uid: "1" },
    tool: "hardened 0.1.0",
    verdict: "passed",
  };

  it("[COS-36] is a dated file, and an index names chart version, commit, cluster, tool version and verdict of each", () => {
    const first = storeEvidence(folder, { ...header, details: 1 });
    assert.equal(first, join(folder, "2026-01-31T10-00-00Z-drill-pod-kill-api.json"));
    storeEvidence(folder, {
      ...header,
      kind: "cis",
      time: "2026-02-01T10:00:00Z",
      subject: "CIS 1.12",
      verdict: "failed",
    });
    const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
    assert.deepEqual(index[0], { ...header, file: "2026-01-31T10-00-00Z-drill-pod-kill-api.json" });
    assert.equal(index[1].verdict, "failed");
    assert.deepEqual(index, readIndex(folder));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith(".new")),
      [],
    );
  });

  it("what is no evidence is left out, what is no JSON is named", () => {
    writeFileSync(join(folder, "notes.json"), "{}");
    assert.equal(readIndex(folder).length, 2);
    writeFileSync(join(folder, "broken.json"), "{");
    assert.throws(() => readIndex(folder), /broken\.json is not JSON/);
    rmSync(join(folder, "broken.json"));
  });

  it("[COS-43] chaos_test_failures_total has experiment and service, begins at 0 and grows by each failed drill", () => {
    const file = join(folder, "chaos.prom");
    const drill = {
      experiment: "pod-kill",
      service: 'a"b',
      failed: false,
      budgetUsedPercent: 0,
      timeSeconds: 1_700_000_000,
    };
    const series = (): string[] =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => /^chaos_test_(failures|runs)/.test(line));
    countDrill(file, drill);
    assert.deepEqual(series(), [
      'chaos_test_runs_total{experiment="pod-kill",service="a\\"b"} 1',
      'chaos_test_failures_total{experiment="pod-kill",service="a\\"b"} 0',
    ]);
    countDrill(file, { ...drill, failed: true, budgetUsedPercent: 350 });
    countDrill(file, { ...drill, experiment: "node-drain", failed: true });
    assert.deepEqual(series(), [
      'chaos_test_runs_total{experiment="node-drain",service="a\\"b"} 1',
      'chaos_test_runs_total{experiment="pod-kill",service="a\\"b"} 2',
      'chaos_test_failures_total{experiment="node-drain",service="a\\"b"} 1',
      'chaos_test_failures_total{experiment="pod-kill",service="a\\"b"} 1',
    ]);
    const text = readFileSync(file, "utf8");
    assert.match(text, /^# TYPE chaos_test_failures_total counter$/m);
    assert.match(text, /^chaos_test_budget_used_percent\{experiment="pod-kill",service="a\\"b"\} 350$/m);
  });
});
