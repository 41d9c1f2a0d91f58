import assert from "node:assert/strict";
import { pulumiHost } from "../../components/pulumi-host";
import { lineOf, type RunEvent } from "../../process/run-events";

describe("pulumi-host: what plain `pulumi up` is told", () => {
  const { log, warn } = console;
  const told: string[] = [];
  before(() => {
    console.log = (line: string) => void told.push(line);
    console.warn = console.log;
  });
  after(() => Object.assign(console, { log, warn }));

  it("warnings and notes, each in a line; nothing of an event that has none", () => {
    const note: RunEvent = { code: "note", data: { message: "a note" } };
    const warning: RunEvent = { code: "warning", data: { message: "a warning" } };
    const summary: RunEvent = { code: "run.summary", data: { action: "up", changes: {} } };
    for (const event of [note, summary, warning]) pulumiHost.notify(event);
    assert.deepEqual(told, [`info: [runtime] ${lineOf(note)}`, `warning: [runtime] ${lineOf(warning)}`]);
  });
});
