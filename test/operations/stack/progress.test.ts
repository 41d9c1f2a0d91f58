import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { follow, printViolations, printWarnings, summarize } from "../../../operations/stack/progress";

const urn = (type: string, name: string): string => `urn:pulumi:dev::hardened::hardened:systems:Web$${type}::${name}`;
const secret = urn("kubernetes:core/v1:Secret", "web-credentials");
const event = (part: Record<string, unknown>): EngineEvent => ({ sequence: 1, timestamp: 1, ...part }) as EngineEvent;
const begun = (op: string, at = secret): EngineEvent =>
  event({ resourcePreEvent: { planning: false, metadata: { op, urn: at } } });
const done = (op: string, planning: boolean, more: Record<string, unknown> = {}): EngineEvent =>
  event({ resOutputsEvent: { planning, metadata: { op, urn: secret, ...more } } });
const says = (severity: string, message: string, more: Record<string, unknown> = {}): EngineEvent =>
  event({ diagnosticEvent: { severity, message, color: "never", ...more } });

function run(...events: readonly EngineEvent[]) {
  const lines: string[] = [];
  const { report, onEvent } = follow((line) => lines.push(line));
  for (const one of events) onEvent(one);
  return { lines, report };
}

describe("progress", () => {
  it("one line when an object is begun, one with the time when it is done", () => {
    const { lines } = run(begun("create"), done("create", false));
    assert.equal(lines[0], "  creating     Secret web-credentials");
    assert.match(lines[1] as string, /^ {2}created {6}Secret web-credentials \(\d+\.\d s\)$/);
  });

  it("of a preview only what would change, and which fields", () => {
    const { lines } = run(done("update", true, { diffs: ["data", "metadata.labels"] }), done("same", true));
    assert.deepEqual(lines, ["  update       Secret web-credentials [data, metadata.labels]"]);
  });

  it("says nothing of components, providers and the stack itself", () => {
    const others = ["hardened:components:AppSecret", "pulumi:providers:kubernetes", "pulumi:pulumi:Stack"];
    assert.deepEqual(run(...others.map((type) => begun("create", urn(type, "x")))).lines, []);
  });

  it("collects violations with their level, without Pulumi's colour marks", () => {
    const policyEvent = {
      policyName: "run-as-non-root",
      enforcementLevel: "mandatory",
      message: "<{%bold%}>must<{%reset%}>\n",
      resourceUrn: secret,
    };
    assert.deepEqual(run(event({ policyEvent })).report.violations, [
      { policy: "run-as-non-root", level: "mandatory", message: "must", urn: secret },
    ]);
  });

  it("collects errors and warnings, but not those about Pulumi's own plugins, nor what is only passing", () => {
    const { report, lines } = run(
      says("error", "it broke", { urn: secret }),
      says("error", "for a moment", { ephemeral: true }),
      says("error", "<{%reset%}>"),
      says("warning", "mind this"),
      says("warning", "using pulumi-resource-kubernetes from $PATH"),
    );
    assert.deepEqual(report.errors, [{ urn: secret, message: "it broke" }]);
    assert.deepEqual(report.warnings, ["mind this"]);
    assert.deepEqual(lines, []);
  });

  it("passes the program's own notes on, and no other", () => {
    const note = "namespace web: puts back pod-security.kubernetes.io/warn";
    assert.deepEqual(run(says("info#err", note), says("info", "something else")).lines, [`  ${note}`]);
  });

  it("sums up what was, or would be, done", () => {
    const changes = run(event({ summaryEvent: { resourceChanges: { same: 4, create: 2, update: 1 } } })).report.changes;
    assert.equal(summarize(changes, true), "2 to create, 1 to update");
    assert.equal(summarize(changes, false), "2 created, 1 updated");
    assert.equal(summarize({ same: 7, delete: 0 }, true), "nothing changes");
    assert.equal(summarize({}, false), "nothing changes");
  });

  it("shows each warning once", () => {
    const lines: string[] = [];
    printWarnings(["mind this", "mind this", "and that"], (line) => void lines.push(stripVTControlCharacters(line)));
    assert.deepEqual(lines, ["! warning mind this", "! warning and that"]);
  });

  it("shows each violation in full, and the count", () => {
    const lines: string[] = [];
    const violation = (level: "mandatory" | "warning", message: string) => ({ policy: "p", level, message, urn: "" });
    const log = (line: string): void => void lines.push(stripVTControlCharacters(line));
    printViolations([violation("mandatory", "one\ntwo"), violation("warning", "three")], log);
    assert.deepEqual(lines, ["✖ violation p: one", "    two", "! advice p: three", "policy: 1 violation, 1 advisory"]);
    lines.length = 0;
    printViolations([], log);
    assert.deepEqual(lines, ["✔ policy: no violations"]);
  });
});
