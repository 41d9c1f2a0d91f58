import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { printViolations, printWarnings, summarize, terminalHost } from "../../../operations/stack/hosts";
import { follow } from "../../../operations/stack/progress";

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
  const host = terminalHost((line) => void lines.push(stripVTControlCharacters(line)));
  const { report, onEvent } = follow(host);
  for (const one of events) onEvent(one);
  const during = [...lines];
  host.notify({ code: "run.summary", data: { action: "up", changes: {} } });
  return { lines: during, report, after: lines.slice(during.length) };
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
    const { report, lines, after } = run(
      says("error", "it broke", { urn: secret }),
      says("error", "for a moment", { ephemeral: true }),
      says("error", "<{%reset%}>"),
      says("warning", "mind this"),
      says("warning", "using pulumi-resource-kubernetes from $PATH at /bin/pulumi-resource-kubernetes"),
    );
    assert.deepEqual(report.errors, [{ urn: secret, message: "it broke" }]);
    assert.deepEqual(after, ["! warning mind this", "nothing changes"]);
    assert.deepEqual(lines, []);
  });

  it("passes the program's own notes on, however they are worded, and not what a provider or a plugin says meanwhile", () => {
    const component = urn("hardened:components:AppSecret", "web");
    const { lines } = run(
      says("info", "<{%bold%}>Heute ist Ruhetag!<{%reset%}>\n"),
      says("info", "of a component", { urn: component }),
      says("info", "of an object", { urn: secret }),
      says("info", "for a moment", { ephemeral: true }),
      says("info#err", "namespace web: is what a plugin prints"),
      says("debug", "release web: is for a debugger"),
    );
    assert.deepEqual(lines, ["  Heute ist Ruhetag!", "  of a component"]);
  });

  it("shows every warning but the known ones about Pulumi itself, in whole and about no resource", () => {
    const known = [
      "using pulumi-resource-kubernetes from $PATH at /bin/pulumi-resource-kubernetes",
      "using pulumi-language-nodejs from $PATH at /a expected /b",
      "resource plugin kubernetes is expected to have version >=4.34.2, but has 4.18.1; the wrong version may be on your path, or this may be a bug in the plugin",
      "Attempting to deploy or update resources with 1 pending operations from previous deployment.\n  * urn, interrupted while creating\nThese resources are in an unknown state",
    ];
    const unknown = [
      "using pulumi-resource-kubernetes from a place nobody knows",
      "mind: using pulumi-resource-kubernetes from $PATH at /bin",
      "resource plugin kubernetes is expected to have version >=4.34.2, but has 4.18.1; something new",
      "plugin x from $PATH",
    ];
    assert.deepEqual(run(...known.map((text) => says("warning", text))).after, ["nothing changes"]);
    const shown = [...unknown.map((text) => says("warning", text)), says("warning", known[0] ?? "", { urn: secret })];
    assert.deepEqual(
      run(...shown).after,
      [...unknown, known[0]].map((text) => `! warning ${text}`).concat("nothing changes"),
    );
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
    const violation = (level: "mandatory" | "advisory", message: string) => ({ policy: "p", level, message, urn: "" });
    const log = (line: string): void => void lines.push(stripVTControlCharacters(line));
    printViolations([violation("mandatory", "one\ntwo"), violation("advisory", "three")], log);
    assert.deepEqual(lines, ["✖ violation p: one", "    two", "! advice p: three", "policy: 1 violation, 1 advisory"]);
    lines.length = 0;
    printViolations([], log);
    assert.deepEqual(lines, ["✔ policy: no violations"]);
  });
});
