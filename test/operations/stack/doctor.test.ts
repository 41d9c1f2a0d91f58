import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { formatDoctor } from "../../../operations/stack/doctor";

const lines = (...findings: Parameters<typeof formatDoctor>[0]): string[] =>
  stripVTControlCharacters(formatDoctor(findings)).split("\n");

describe("doctor: what it prints", () => {
  it("one line for what is well", () =>
    assert.deepEqual(lines({ check: "node", state: "ok", detail: "v24.0.0" }), ["✔ node: v24.0.0"]));

  it("the fix, and where to read on, for what is not", () =>
    assert.deepEqual(lines({ check: "stack file", state: "failed", detail: "broken", fix: "edit it" }), [
      "✖ stack file: broken",
      "    fix: edit it",
      "    more: docs/how-to/troubleshoot.md#stack-file",
    ]));

  it("one section for all namespaces", () =>
    assert.match(
      lines({ check: "namespace web-1", state: "warning", detail: "?", fix: "up" }).join("\n"),
      /^! namespace web-1: \?[\s\S]*troubleshoot\.md#namespace$/,
    ));
});
