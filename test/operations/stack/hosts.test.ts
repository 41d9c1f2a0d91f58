import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { jsonLinesHost, terminalHost } from "../../../operations/stack/hosts";
import { follow } from "../../../operations/stack/progress";
import type { RunEvent } from "../../../process/run-events";
import { canary, found } from "../../support/canaries";

const urn = "urn:pulumi:dev::hardened::hardened:systems:Web$kubernetes:core/v1:Secret::web";
const started = (action: "preview" | "up" | "destroy"): RunEvent => ({
  code: "run.started",
  data: { action, stack: "dev", environment: "dev", context: "here" },
});
const summary = (action: "preview" | "up"): RunEvent => ({
  code: "run.summary",
  data: { action, changes: { create: 2 } },
});
const warning = (message: string): RunEvent => ({ code: "engine.warning", data: { urn: "", message } });

function terminal(...events: readonly RunEvent[]): string[] {
  const lines: string[] = [];
  const { notify } = terminalHost((line) => void lines.push(stripVTControlCharacters(line)));
  for (const event of events) notify(event);
  return lines;
}

describe("hosts: the terminal", () => {
  it("shows the program's notes as they come, and its warnings at the end of a preview, before the verdict", () =>
    assert.deepEqual(
      terminal(
        started("preview"),
        { code: "warning", data: { message: "mind this" } },
        { code: "note", data: { message: "Any words at all" } },
        { code: "policy.violation", data: { policy: "p", level: "advisory", message: "one", urn: "" } },
        { code: "policy.summary", data: { mandatory: 0, advisory: 1 } },
        summary("preview"),
      ),
      [
        "preview of stack dev (dev, context here)",
        "  Any words at all",
        "! warning mind this",
        "! advice p: one",
        "policy: 0 violations, 1 advisory",
        "2 to create",
      ],
    ));

  it("shows each warning once, one of the up alone too, and when a run fails", () => {
    const same = warning("mind this");
    assert.deepEqual(terminal(same, summary("preview"), started("up"), same, warning("and that"), summary("up")), [
      "! warning mind this",
      "2 to create",
      "up of stack dev",
      "! warning and that",
      "2 created",
    ]);
    const failed: RunEvent = {
      code: "run.failed",
      data: { action: "up", stack: "dev", reasons: ["the command's error"] },
    };
    assert.deepEqual(terminal(same, failed), ["! warning mind this"]);
  });

  it("shows what was repaired", () =>
    assert.deepEqual(
      terminal({ code: "repair.removed-object", data: { kind: "secret", name: "a" } }, started("destroy")),
      ["removed half-made secret a"],
    ));
});

describe("hosts: JSON lines", () => {
  const events = (...given: readonly Record<string, unknown>[]): string[] => {
    const lines: string[] = [];
    const { onEvent } = follow(jsonLinesHost((line) => void lines.push(line)));
    for (const one of given) onEvent({ sequence: 1, timestamp: 1, ...one } as EngineEvent);
    return lines;
  };

  it("are one object a line, with time, code and data, as it happens", () => {
    const lines = events(
      { resourcePreEvent: { planning: false, metadata: { op: "create", urn } } },
      { resOutputsEvent: { planning: false, metadata: { op: "create", urn } } },
      { resOutputsEvent: { planning: false, metadata: { op: "same", urn } } },
      { resOpFailedEvent: { status: 1, steps: 1, metadata: { op: "update", urn } } },
      { diagnosticEvent: { severity: "error", message: "two\nlines", color: "never", urn } },
    );
    const all = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      all.map(({ code }) => code),
      ["resource.started", "resource.done", "resource.failed", "engine.error"],
    );
    assert.deepEqual(all[0].data, { op: "create", urn, type: "kubernetes:core/v1:Secret", name: "web" });
    assert.equal(typeof all[1].data.seconds, "number");
    assert.ok(all.every(({ time }) => Math.abs(Date.now() - Date.parse(time)) < 60_000));
    assert.ok(lines.every((line) => !line.includes("\n")));
  });

  it("tell a component once, though its outputs are registered afterwards, and each old copy that is deleted", () => {
    const planned = (op: string, custom: boolean) => ({
      resOutputsEvent: { planning: true, metadata: { op, urn, new: { custom } } },
    });
    const told = (op: string, custom: boolean): number => events(planned(op, custom), planned(op, custom)).length;
    assert.deepEqual([told("create", false), told("delete-replaced", true)], [1, 2]);
  });

  it("hold no property of a resource, and so no secret", () => {
    const secret = canary("token");
    const properties = { data: { token: secret }, encoded: Buffer.from(secret).toString("base64") };
    const metadata = {
      op: "update",
      urn,
      type: "kubernetes:core/v1:Secret",
      diffs: ["data.token"],
      detailedDiff: { "data.token": { diffKind: "update", inputDiff: true } },
      old: { inputs: properties, outputs: properties },
      new: { inputs: properties, outputs: properties },
    };
    const lines = events(
      { resourcePreEvent: { planning: false, metadata } },
      { resourcePreEvent: { planning: true, metadata } },
      { resOutputsEvent: { planning: true, metadata } },
      { resOutputsEvent: { planning: false, metadata } },
      { resOpFailedEvent: { status: 1, steps: 1, metadata } },
      { preludeEvent: { config: { token: secret } } },
      { stdoutEvent: { message: secret, color: "never" } },
      { summaryEvent: { resourceChanges: { update: 1 }, durationSeconds: 1, maybeCorrupt: false, policyPacks: {} } },
    );
    assert.equal(lines.length, 4);
    assert.deepEqual(found([secret], lines.join("\n")), []);
  });
});
