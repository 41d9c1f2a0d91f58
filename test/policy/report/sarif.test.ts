import assert from "node:assert/strict";
import { z } from "zod";
import type { Finding } from "../../../policy/contract";
import { rules } from "../../../policy/evaluate/catalogue";
import type { EvaluatedUnit } from "../../../policy/report/report";
import { formatSarif } from "../../../policy/report/sarif";
import { advice, hostile, mixed, privileged, report } from "../support/findings";

describe("policy report", () => {
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

  it("sarif names the file in the repository, wherever the chart lies and whatever it is called", () => {
    const uriOf = (source: EvaluatedUnit["source"], finding: Finding): string => {
      const unit = {
        name: "api (Release)",
        verdict: { findings: [finding], objects: 1, pods: 1 },
        ...(source && { source }),
      };
      const { runs } = JSON.parse(formatSarif({ ...report([]), units: [unit] }, { version: "1" }));
      return runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri;
    };
    const { file: _, ...nowhere } = privileged;
    assert.equal(uriOf({ chart: "deploy/a b#1" }, privileged), "deploy/a%20b%231/templates/deployment.yaml");
    const inner = { ...privileged, file: "api/charts/db/templates/pod.yaml" };
    assert.equal(uriOf({ chart: "deploy/web" }, inner), "deploy/web/charts/db/templates/pod.yaml");
    assert.equal(uriOf({ chart: "deploy/web" }, nowhere), "deploy/web/Chart.yaml");
    assert.equal(uriOf({ file: "Pulumi.prod.yaml" }, nowhere), "Pulumi.prod.yaml");
    assert.equal(uriOf({ file: "all.yaml" }, { ...nowhere, file: "one.yaml" }), "one.yaml");
  });

  it("sarif has what the schema of SARIF 2.1.0 requires, and nothing it does not know", () => {
    const text = z.strictObject({ text: z.string().min(1) });
    const location = z.strictObject({
      physicalLocation: z.strictObject({
        artifactLocation: z.strictObject({ uri: z.string().regex(/^[\w.%/:~!$&'()*+,;=@-]+$/) }),
        region: z.strictObject({ startLine: z.int().min(1) }),
      }),
      logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string() })),
    });
    const result = z.strictObject({
      ruleId: z.string(),
      ruleIndex: z.int().min(0),
      level: z.enum(["none", "note", "warning", "error"]),
      message: text,
      locations: z.array(location).length(1),
      partialFingerprints: z.record(z.string(), z.string()),
      suppressions: z
        .array(z.strictObject({ kind: z.enum(["inSource", "external"]), justification: z.string() }))
        .optional(),
    });
    const properties = z.strictObject({
      "security-severity": z.string().regex(/^\d{1,2}\.\d$/),
      tags: z.array(z.string()).refine((tags) => new Set(tags).size === tags.length),
    });
    const rule = z.strictObject({ id: z.string(), shortDescription: text, help: text, properties });
    const notification = z.strictObject({ level: z.literal("error"), message: text });
    const run = z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({ name: z.string(), version: z.string(), rules: z.array(rule) }),
      }),
      invocations: z.array(
        z.strictObject({ executionSuccessful: z.boolean(), toolExecutionNotifications: z.array(notification) }),
      ),
      results: z.array(result),
    });
    const log = z.strictObject({ $schema: z.url(), version: z.literal("2.1.0"), runs: z.array(run) });
    const every = rules.map(({ id }) => ({ ...privileged, rule: id }));
    const lost = [{ name: "x", reason: hostile }];
    log.parse(JSON.parse(formatSarif(report([...every, advice], lost), { version: "1.2.3" })));
  });

  it("sarif says that a run did not evaluate everything", () => {
    const { runs } = JSON.parse(
      formatSarif(report([], [{ name: "charts/x", reason: "does not render" }]), { version: "0" }),
    );
    assert.equal(runs[0].invocations[0].executionSuccessful, false);
    assert.equal(runs[0].invocations[0].toolExecutionNotifications[0].message.text, "charts/x: does not render");
  });
});
