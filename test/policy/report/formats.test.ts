import assert from "node:assert/strict";
import { load, loadAll } from "js-yaml";
import type { Finding } from "../../../policy/contract";
import { messageOf } from "../../../policy/message";
import { formatHtml } from "../../../policy/report/html";
import { formatHuman } from "../../../policy/report/human";
import { formatJson } from "../../../policy/report/json";
import { formatJunit } from "../../../policy/report/junit";
import { formatMarkdown, largestComment } from "../../../policy/report/markdown";
import { formatOpenReports } from "../../../policy/report/openreports";
import { exitCodeOf, type Report, sentence } from "../../../policy/report/report";
import { formatSarif } from "../../../policy/report/sarif";

const hostile = `<script>alert("x")</script> | & ' \u0007`;

const privileged: Finding = {
  rule: "privileged",
  severity: "critical",
  object: { apiVersion: "apps/v1", kind: "Deployment", name: "api", namespace: "shop" },
  containers: ["api"],
  field: "spec.template.spec.containers[0].securityContext.privileged",
  got: "true",
  want: "false or unset",
  fix: "remove securityContext.privileged",
  file: "api/templates/deployment.yaml",
  line: 21,
  outcome: "fail",
};
const advice: Finding = {
  ...privileged,
  rule: "writable-tmp",
  severity: "low",
  got: hostile,
  want: "an emptyDir at /tmp",
};

const report = (findings: readonly Finding[], unjudged: Report["unjudged"] = []): Report => ({
  target: "prod",
  profile: "prod",
  units: [{ name: "shop/api", verdict: { findings, objects: 2, pods: 1 } }],
  unjudged,
});
const mixed = report([advice, privileged]);

describe("policy report", () => {
  it("counts, and ends with 0 clean, 1 violations, 2 not judged", () => {
    assert.equal(sentence(mixed), "2 objects (1 pod) judged: 1 mandatory, 1 advisory");
    assert.equal(exitCodeOf(report([])), 0);
    assert.equal(exitCodeOf(report([advice])), 0);
    assert.equal(exitCodeOf(mixed), 1);
    assert.equal(exitCodeOf(report([privileged], [{ name: "x", reason: "broken" }])), 2);
  });

  it("json gives every finding with its enforcement and message", () => {
    const { findings, totals } = JSON.parse(formatJson(mixed));
    assert.deepEqual(totals, { objects: 2, pods: 1, mandatory: 1, advisory: 1, exempted: 0, unjudged: 0 });
    assert.deepEqual(
      findings.map((one: { enforcement: string }) => one.enforcement),
      ["advisory", "mandatory"],
    );
    assert.equal(findings[1].message, messageOf(privileged));
    assert.equal(findings[1].unit, "shop/api");
  });

  it("markdown puts mandatory first and lets no finding break its table", () => {
    const rows = formatMarkdown(mixed)
      .split("\n")
      .filter((line) => /^\| (❌|⚠️)/.test(line));
    assert.equal(rows.length, 2);
    assert.match(rows[0] ?? "", /^\| ❌ mandatory \| `privileged` \|/);
    assert.ok(!(rows[1] ?? "").includes("<script>"));
    for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 7);
  });

  it("markdown stays a comment however much there is to say, and says that it was cut", () => {
    const text = formatMarkdown(report(Array.from({ length: 2000 }, () => privileged)));
    assert.ok(text.length <= largestComment, `${text.length}`);
    assert.match(text, /… and \d+ more lines/);
  });

  it("sarif names rule, level, template and line", () => {
    const { version, runs } = JSON.parse(formatSarif(mixed, { version: "1.2.3" }));
    assert.equal(version, "2.1.0");
    const [run] = runs;
    assert.deepEqual(
      run.tool.driver.rules.map(({ id }: { id: string }) => id),
      ["privileged", "writable-tmp"],
    );
    const error = run.results.find(({ level }: { level: string }) => level === "error");
    assert.equal(run.tool.driver.rules[error.ruleIndex].id, "privileged");
    const { artifactLocation, region } = error.locations[0].physicalLocation;
    assert.deepEqual([artifactLocation.uri, region.startLine], ["api/templates/deployment.yaml", 21]);
    assert.equal(run.invocations[0].executionSuccessful, true);
  });

  it("sarif says that a run did not judge everything", () => {
    const { runs } = JSON.parse(
      formatSarif(report([], [{ name: "charts/x", reason: "does not render" }]), { version: "0" }),
    );
    assert.equal(runs[0].invocations[0].executionSuccessful, false);
    assert.equal(runs[0].invocations[0].toolExecutionNotifications[0].message.text, "charts/x: does not render");
  });

  it("junit has a case for each rule, a failure for mandatory ones only, and stays well-formed", () => {
    const text = formatJunit(report([advice, privileged], [{ name: "y", reason: hostile }]));
    assert.equal(text.match(/<failure /g)?.length, 1);
    assert.equal(text.match(/<error /g)?.length, 1);
    assert.match(text, /<testcase classname="shop\/api" name="privileged">\s*<failure/);
    assert.match(text, /<testcase classname="shop\/api" name="host-ports"\/>/);
    assert.ok(!text.includes("<script>") && !text.includes("\u0007"));
    assert.equal(
      text.match(/<testcase/g)?.length,
      (text.match(/<\/testcase>/g)?.length ?? 0) + (text.match(/"\/>/g)?.length ?? 0) - 1,
    );
  });

  it("openreports makes one Report for each namespace with results and summary", () => {
    const documents = loadAll(formatOpenReports(mixed)) as {
      metadata: { namespace: string };
      summary: object;
      results: { result: string }[];
    }[];
    assert.equal(documents.length, 1);
    assert.equal(documents[0]?.metadata.namespace, "shop");
    assert.deepEqual(documents[0]?.summary, { pass: 0, fail: 1, warn: 1, error: 0, skip: 0 });
    assert.deepEqual(
      documents[0]?.results.map(({ result }) => result),
      ["warn", "fail"],
    );
    assert.ok(load(formatOpenReports(report([]))));
  });

  it("html is one file without scripts, and shows text as text", () => {
    const text = formatHtml(mixed);
    assert.ok(!/<script|src=|href=/.test(text));
    assert.match(text, /&lt;script&gt;/);
    assert.match(text, /api\/templates\/deployment.yaml:21/);
  });

  describe("[ZN-79] what is exempt", () => {
    const exemption = { index: 0, reason: `vendor <b>${hostile}`, owner: "platform", expires: "2027-06-30" };
    const verdict = { findings: [], exempted: [{ finding: privileged, exemption }], objects: 2, pods: 1 };
    const excused: Report = { ...report([]), units: [{ name: "shop/api", verdict }] };

    it("stops nothing, and is counted", () => {
      assert.equal(exitCodeOf(excused), 0);
      assert.equal(sentence(excused), "2 objects (1 pod) judged: 0 mandatory, 0 advisory, 1 exempt");
    });

    for (const [format, text] of Object.entries({
      human: formatHuman(verdict, { profile: "prod" }),
      json: formatJson(excused),
      junit: formatJunit(excused),
      markdown: formatMarkdown(excused),
      openreports: formatOpenReports(excused),
      sarif: formatSarif(excused, { version: "1" }),
      html: formatHtml(excused),
    })) {
      it(`is in the report as ${format}, with rule, reason, owner and last day`, () => {
        for (const part of ["privileged", "vendor", "platform", "2027-06-30"]) assert.ok(text.includes(part), part);
        if (["junit", "markdown", "html"].includes(format)) assert.ok(!text.includes("<b>"));
      });
    }

    it("is no failure anywhere: suppressed in sarif, skipped in openreports, passed in junit", () => {
      const [result] = JSON.parse(formatSarif(excused, { version: "1" })).runs[0].results;
      assert.equal(result.suppressions[0].kind, "external");
      assert.match(result.suppressions[0].justification, /^exempt until 2027-06-30 \(platform\): vendor/);
      const [document] = loadAll(formatOpenReports(excused)) as [{ summary: object; results: { result: string }[] }];
      assert.deepEqual(document.summary, { pass: 0, fail: 0, warn: 0, error: 0, skip: 1 });
      assert.equal(document.results[0]?.result, "skip");
      assert.doesNotMatch(formatJunit(excused), /<failure/);
    });
  });
});
