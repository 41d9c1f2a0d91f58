import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateBench, formatCis, section5 } from "../../../operations/readiness/cis";
import { type BenchReport, readBenchReport } from "../../../operations/readiness/kube-bench";
import { readTargets } from "../../../operations/readiness/security-targets";
import { rules } from "../../../policy/evaluate/catalogue";
import { root } from "../../support/tree";

const today = "2027-01-15";
const report = (items: Record<string, string>, file = "node-1.json", benchmark = "cis-1.12"): BenchReport => ({
  file,
  benchmarks: [benchmark],
  kubernetes: "1.36",
  items: Object.entries(items).map(([id, status]) => ({ id, text: `item ${id}`, status: status as "PASS" })),
});
const benchmark = { ...readTargets().benchmark, scope: ["1", "4"] };
const waiver = { id: "4.2.9", reason: "rotated by hand", owner: "platform", expires: "2027-01-31" };
const evaluated = (reports: BenchReport[], more: object = {}) =>
  evaluateBench(reports, { benchmark: { ...benchmark, ...more } }, today);

describe("hardened cis", () => {
  const folder = mkdtempSync(join(tmpdir(), "cis-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it("[COS-34] no failure in the sections in scope is compliant; what fails outside of it does not count", () => {
    const { problems, sections } = evaluated([
      report({ "1.1.1": "PASS", "4.2.1": "PASS", "4.2.2": "WARN", "5.1.1": "FAIL" }),
    ]);
    assert.deepEqual(problems, []);
    assert.deepEqual(sections, [
      { section: "1", inScope: true, pass: 1, fail: 0, warn: 0, waived: 0 },
      { section: "4", inScope: true, pass: 1, fail: 0, warn: 1, waived: 0 },
      { section: "5", inScope: false, pass: 0, fail: 1, warn: 0, waived: 0 },
    ]);
  });

  it("[COS-34] a failure is named with its report; a waived one is listed with its reason until the waiver's last day", () => {
    const found = [report({ "1.1.1": "PASS", "4.2.9": "FAIL" }), report({ "4.2.9": "FAIL" }, "node-2.json")];
    assert.deepEqual(evaluated(found).problems, [
      "node-1.json: 4.2.9 fails: item 4.2.9",
      "node-2.json: 4.2.9 fails: item 4.2.9",
    ]);
    const waived = evaluated(found, { waivers: [waiver] });
    assert.deepEqual(waived.problems, []);
    const { id: _, ...by } = waiver;
    assert.deepEqual(waived.failures[0]?.waiver, by);
    assert.equal(waived.sections.find(({ section }) => section === "4")?.waived, 2);
    const late = evaluated(found, { waivers: [{ ...waiver, expires: "2027-01-14" }] });
    assert.match(late.problems[0] ?? "", /4\.2\.9 fails: .*\(its waiver has expired\)/);
  });

  it("another benchmark, a section nobody looked at and a waiver nobody needs keep it from passing", () => {
    assert.match(
      evaluated([report({ "1.1.1": "PASS", "4.1.1": "PASS" }, "a.json", "cis-1.9")]).problems.join(),
      /a\.json is of cis-1\.9, the target is cis-1\.12/,
    );
    assert.deepEqual(evaluated([report({ "4.1.1": "PASS" })]).problems, ["section 1 is in scope and no report has it"]);
    assert.deepEqual(
      evaluated([report({ "4.1.1": "PASS" })], { notApplicable: [{ section: "1", reason: "the provider's" }] })
        .problems,
      [],
    );
    const unneeded = evaluated([report({ "1.1.1": "PASS", "4.2.9": "PASS" })], { waivers: [waiver] });
    assert.deepEqual(unneeded.problems, ["the waiver of 4.2.9 is not needed: take it out of the targets"]);
  });

  it("[COS-34] an item that is about nothing the cluster has is listed with its reason; one that passes after all is named", () => {
    const notApplicable = [{ items: ["1.1.1", "1.1.9"], reason: "no pod specification files" }];
    const found = report({ "1.1.1": "FAIL", "1.1.9": "WARN", "1.1.11": "PASS", "4.2.1": "PASS" });
    const { problems, failures, sections } = evaluated([found], { notApplicable });
    assert.deepEqual(problems, []);
    assert.equal(failures[0]?.notApplicable, "no pod specification files");
    assert.deepEqual(sections[0], { section: "1", inScope: true, pass: 1, fail: 1, warn: 1, waived: 1 });
    const text = formatCis({
      ...evaluated([found], { notApplicable }),
      subject: "x",
      verdict: "passed",
      file: "f",
    } as Parameters<typeof formatCis>[0]);
    assert.match(text, /^not applicable 1\.1\.1: no pod specification files$/m);
    assert.deepEqual(
      evaluated([report({ "1.1.1": "PASS", "1.1.9": "WARN", "1.1.2": "FAIL", "4.2.1": "PASS" })], { notApplicable })
        .problems,
      [
        "node-1.json: 1.1.2 fails: item 1.1.2",
        "1.1.1 is not applicable by the targets, but no report has it open: take it out of the targets",
      ],
    );
  });

  it("the local cluster is measured by the same benchmark, in the same scope and with every section", () => {
    const local = readTargets(join(root, "docs/compliance/local-cluster.yaml")).benchmark;
    assert.deepEqual({ ...local, notApplicable: [] }, readTargets().benchmark);
    assert.ok(local.notApplicable.every((one) => "items" in one));
  });

  it("reads both forms of the report and keeps nothing of what kube-bench saw", () => {
    const results = [
      { test_number: "4.1.1", test_desc: "words", status: "PASS", actual_value: "--token=abc", scored: true },
    ];
    const controls = [{ id: "4", version: "cis-1.12", detected_version: "1.36", tests: [{ section: "4.1", results }] }];
    for (const content of [{ Controls: controls, Totals: { total_pass: 1 } }, controls]) {
      const read = readBenchReport(file("report.json", JSON.stringify(content)));
      assert.deepEqual(read.items, [{ id: "4.1.1", text: "words", status: "PASS" }]);
      assert.deepEqual([read.benchmarks, read.kubernetes], [["cis-1.12"], "1.36"]);
      assert.doesNotMatch(JSON.stringify(read), /abc/);
    }
  });

  for (const [what, content, said] of [
    ["no JSON", "[INFO] 1 Master", /is not JSON.*--json/],
    ["another tool's JSON", '{"Results": []}', /is no report of kube-bench/],
    ["a report of nothing", '{"Controls": []}', /holds not a single item/],
  ] as const) {
    it(`${what} is refused`, () => assert.throws(() => readBenchReport(file("bad.json", content)), said));
  }

  it("[COS-40] the targets name benchmark, version, level and the fields of both signatures; a slip in them is named", () => {
    const targets = readTargets();
    assert.equal(targets.benchmark.id, `cis-${targets.benchmark.version}`);
    assert.equal(targets.podSecurity.level, "restricted");
    assert.deepEqual(Object.keys(targets.approvals), ["sre", "security"]);
    const text = readFileSync(join(__dirname, "../../../docs/compliance/targets.yaml"), "utf8");
    const slip = file("targets.yaml", text.replace("  level: restricted", "  lvel: restricted"));
    assert.throws(() => readTargets(slip), /targets\.yaml is no list of security targets:[\s\S]*lvel/);
  });

  it("[COS-34] section 5, which is about workloads, is mapped to rules of the pack", () => {
    const known = rules.map(({ id }) => id);
    const map = section5();
    assert.ok(Object.keys(map).length >= 25, String(Object.keys(map).length));
    assert.deepEqual(map["5.2.2"], ["privileged"]);
    assert.ok(
      Object.values(map)
        .flat()
        .every((rule) => known.includes(rule)),
    );
  });
});
