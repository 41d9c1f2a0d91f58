import assert from "node:assert/strict";
import { load, loadAll } from "js-yaml";
import { saidOf } from "../../../policy/evaluate/catalogue";
import { messageOf } from "../../../policy/message";
import { formatHtml } from "../../../policy/report/html";
import { formatHuman } from "../../../policy/report/human";
import { formatJson } from "../../../policy/report/json";
import { formatJunit } from "../../../policy/report/junit";
import { formatMarkdown, largestComment } from "../../../policy/report/markdown";
import { formatOpenReports } from "../../../policy/report/openreports";
import { exitCodeOf, type Report, sentence } from "../../../policy/report/report";
import { formatSarif } from "../../../policy/report/sarif";
import { advice, hostile, mixed, privileged, report } from "../support/findings";

describe("policy report", () => {
  it("counts, and ends with 0 clean, 1 violations, 2 not evaluated", () => {
    assert.equal(sentence(mixed), "2 objects (1 pod) evaluated: 1 mandatory, 1 advisory");
    assert.equal(exitCodeOf(report([])), 0);
    assert.equal(exitCodeOf(report([advice])), 0);
    assert.equal(exitCodeOf(mixed), 1);
    assert.equal(exitCodeOf(report([privileged], [{ name: "x", reason: "broken" }])), 2);
  });

  it("lets nothing that was evaluated move a terminal's cursor, end a line or turn its direction", () => {
    const name = "web\u001b[2J\u009b31m\u202egnp\nnext";
    const finding = { ...privileged, object: { ...privileged.object, name }, got: name, containers: [name] };
    const text = formatHuman({ findings: [finding], objects: 1, pods: 1 }, { profile: "prod" });
    assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Bidi_Control}]|^next/mu);
    assert.match(text, /^Deployment shop\/web\ufffd\[2J\ufffd31m\ufffdgnp next$/m);
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

  it("[ZN-67] json, sarif and what Pulumi shows carry the control ids of SOC2 and ISO that a finding breaks", () => {
    const open = { ...privileged, rule: "default-deny-present" };
    const json = JSON.parse(formatJson(report([open])));
    assert.ok(json.findings[0].controls.includes("SOC2 CC6.7"));
    const sarif = JSON.parse(formatSarif(report([open]), { version: "1" }));
    const [run] = sarif.runs;
    assert.ok(run.tool.driver.rules[0].properties.tags.includes("ISO A.8.12"));
    const said = saidOf(open);
    assert.match(said, / \[SOC2 CC6\.7, ISO A\.8\.12\]$/);
    assert.deepEqual([json.findings[0].message, run.results[0].message.text], [said, said]);
    assert.equal(saidOf(privileged), messageOf(privileged), "a rule of neither says none");
  });

  it("markdown puts mandatory first and lets no finding break its table", () => {
    const rows = formatMarkdown(mixed)
      .split("\n")
      .filter((line) => /^\| (❌|⚠️)/.test(line));
    assert.equal(rows.length, 2);
    assert.match(rows[0] ?? "", /^\| ❌ mandatory \| `privileged` \|/);
    assert.match(rows[1] ?? "", /\| `[^`]*<script>[^`]*` \|/);
    for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 7);
  });

  it("markdown stays a comment however much there is to say, and says that it was cut", () => {
    const long = { ...privileged, got: "x".repeat(100_000) };
    for (const findings of [Array.from({ length: 10_000 }, () => privileged), [long], [long, privileged, advice]]) {
      const text = formatMarkdown({ ...report(findings), target: "manifest.yaml, ".repeat(10_000) });
      assert.ok(text.length < largestComment, `${text.length}`);
      assert.equal(/… and \d+ more lines/.test(text), findings.length > 3);
      assert.match(text, /^\| ❌ mandatory \| `privileged` \|/m);
    }
  });

  it("markdown takes no table, tag, link, emphasis, entity or mention from what was evaluated", () => {
    const got = "[a](https://elsewhere.test) **b** <img src=x> &lt; ||| @someone\nnew line image@sha256:1";
    const text = formatMarkdown(report([{ ...privileged, got }]));
    const shown = "got [a](https://elsewhere.test) **b** <img src=x> &lt; \\|\\|\\| @someone new line image@sha256:1 (";
    assert.match(text.slice(0, text.indexOf(shown)), /\| `[^`]*$/, text);
  });

  it("evaluates each unit by its own profile: what is mandatory in prod stays so beside dev", () => {
    const pinned = { ...privileged, rule: "image-digest" };
    const unit = (profile: "dev" | "prod") => ({
      name: `${profile}: api`,
      profile,
      verdict: { findings: [pinned], objects: 1, pods: 1 },
    });
    const both: Report = { target: "dev, prod", profile: "dev", units: [unit("dev"), unit("prod")], unjudged: [] };
    assert.equal(exitCodeOf(both), 1);
    assert.equal(sentence(both), "2 objects (2 pods) evaluated: 1 mandatory, 1 advisory");
    const json = JSON.parse(formatJson(both));
    assert.equal(json.profile, "dev, prod");
    assert.deepEqual(
      json.findings.map((one: { unit: string; enforcement: string }) => [one.unit, one.enforcement]),
      [
        ["dev: api", "advisory"],
        ["prod: api", "mandatory"],
      ],
    );
    const levels = JSON.parse(formatSarif(both, { version: "1" })).runs[0].results.map(
      ({ level }: { level: string }) => level,
    );
    assert.deepEqual(levels, ["warning", "error"]);
    assert.equal(formatJunit(both).match(/<failure /g)?.length, 1);
    assert.equal(formatMarkdown(both).match(/❌ mandatory/g)?.length, 1);
    assert.equal(formatHtml(both).match(/<td class="mandatory">/g)?.length, 1);
    assert.match(formatOpenReports(both), /fail: 1\n {2}warn: 1/);
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
      kind: string;
      metadata: { namespace: string };
      summary: object;
      results: { result: string }[];
    }[];
    assert.equal(documents.length, 1);
    assert.deepEqual([documents[0]?.kind, documents[0]?.metadata.namespace], ["Report", "shop"]);
    assert.deepEqual(documents[0]?.summary, { pass: 0, fail: 1, warn: 1, error: 0, skip: 0 });
    assert.deepEqual(
      documents[0]?.results.map(({ result }) => result),
      ["warn", "fail"],
    );
  });

  it("openreports has a ClusterReport for objects without namespace, for what was not evaluated, and for a clean run", () => {
    const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", name: "reader" };
    const lost = [{ name: "charts/x", reason: "does not render" }];
    const [cluster, ...more] = loadAll(formatOpenReports(report([{ ...privileged, object: role }], lost))) as {
      kind: string;
      metadata: object;
      summary: object;
      results: { result: string; message: string; resources?: object[] }[];
    }[];
    assert.deepEqual(more, []);
    assert.deepEqual([cluster?.kind, cluster?.metadata], ["ClusterReport", { name: "hardened-prod" }]);
    assert.deepEqual(cluster?.summary, { pass: 0, fail: 1, warn: 0, error: 1, skip: 0 });
    assert.deepEqual(cluster?.results[0]?.resources, [role]);
    assert.equal(cluster?.results[1]?.message, "charts/x could not be evaluated: does not render");
    const clean = load(formatOpenReports(report([]))) as { kind: string; results: object[] };
    assert.deepEqual([clean.kind, clean.results], ["ClusterReport", []]);
  });

  it("html is one file without scripts, and shows text as text", () => {
    const text = formatHtml(mixed);
    assert.ok(!/<script|src=|href=/.test(text));
    assert.match(text, /&lt;script&gt;/);
    assert.match(text, /Content-Security-Policy" content="default-src 'none'/);
    const known = /^(?:!doctype|html|head|meta|title|style|body|main|h1|p|ul|li|table|thead|tbody|tr|th|td|code|br)$/;
    for (const [, tag = ""] of text.matchAll(/<\/?([a-z!][a-z0-9]*)/gi)) assert.match(tag, known);
    const everywhere = {
      ...privileged,
      object: { ...privileged.object, name: hostile },
      field: hostile,
      want: hostile,
    };
    const spiked: Report = {
      ...report(
        [{ ...everywhere, fix: hostile, file: hostile, containers: [hostile] }],
        [{ name: hostile, reason: hostile }],
      ),
      target: hostile,
    };
    const page = formatHtml({ ...spiked, units: spiked.units.map((unit) => ({ ...unit, name: hostile })) });
    assert.doesNotMatch(page, /<script|alert\("/);
    assert.equal(page.match(/</g)?.length, (page.match(/<\/?[a-z!][^<>]*>/gi) ?? []).length);
    assert.match(text, /api\/templates\/deployment.yaml:21/);
  });

  describe("[ZN-79] what is exempt", () => {
    const exemption = { index: 0, reason: `vendor <b>${hostile}`, owner: "platform", expires: "2027-06-30" };
    const verdict = { findings: [], exempted: [{ finding: privileged, exemption }], objects: 2, pods: 1 };
    const excused: Report = { ...report([]), units: [{ name: "shop/api", verdict }] };

    it("stops nothing, and is counted", () => {
      assert.equal(exitCodeOf(excused), 0);
      assert.equal(sentence(excused), "2 objects (1 pod) evaluated: 0 mandatory, 0 advisory, 1 exempt");
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
        if (["junit", "html"].includes(format)) assert.ok(!text.includes("<b>"));
        if (format === "markdown") assert.match(text, /\| `[^`]*vendor <b>[^`]*` \|/);
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
