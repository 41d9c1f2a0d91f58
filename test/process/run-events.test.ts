import assert from "node:assert/strict";
import { lineOf, type RunEvent, type RunEventCode, runEvents } from "../../process/run-events";
import { filesBelow, textOf } from "../support/tree";

describe("run-events", () => {
  const folders = ["cluster", "components", "config", "operations", "process", "systems"];
  const sources = ["index.ts", ...filesBelow(folders, [".ts"])].filter((file) => file !== "process/run-events.ts");

  it("every code of the catalogue is told somewhere", () => {
    const text = sources.map((file) => textOf(file)).join("\n");
    const untold = Object.keys(runEvents).filter((code) => !text.includes(`code: "${code}", data`));
    assert.deepEqual(untold, []);
  });

  it("every code and every field has a meaning, but a message, which is one", () => {
    for (const [code, { meaning, data }] of Object.entries(runEvents)) {
      assert.match(code, /^[a-z]+(?:\.[a-z]+(?:-[a-z]+)*)?$/);
      assert.match(meaning, /^[A-Z].*\.$/, code);
      for (const [field, what] of Object.entries(data))
        assert.ok(what !== "" || field === "message", `${code} ${field}`);
    }
  });

  const place = { namespace: "ns", release: "web" };
  const lines: readonly [RunEvent, string][] = [
    [{ code: "note", data: { message: "as it is" } }, "as it is"],
    [{ code: "warning", data: { message: "as it is" } }, "as it is"],
    [{ code: "namespace.drift", data: { namespace: "ns", labels: ["a", "b"] } }, "namespace ns: puts back a, b"],
    [
      { code: "cluster.unreachable", data: { context: "here", reason: "no route" } },
      'the cluster of context "here" could not be asked: no route; previewing without it',
    ],
    [
      { code: "lock.released", data: { pid: 7 } },
      "the stack was locked by a run that was killed (process 7): unlocked",
    ],
    [{ code: "lock.released", data: {} }, "the stack was locked by a run that was killed: unlocked"],
    [
      { code: "repair.ended-process", data: { pids: [7, 8] } },
      "ended what a killed run had left running: process 7, 8",
    ],
    [{ code: "repair.removed-object", data: { kind: "secret", name: "a" } }, "removed half-made secret a"],
    [
      { code: "repair.pending-release", data: { ...place, status: "pending-upgrade", revision: 2 } },
      "release ns/web is pending-upgrade at revision 2, left by a run that was killed: repaired",
    ],
    [
      { code: "repair.partial-install", data: place },
      "release ns/web was interrupted while it was installed: repaired",
    ],
    [
      { code: "repair.partial-uninstall", data: place },
      "release ns/web was interrupted while it was uninstalled: it is reinstalled",
    ],
    [
      { code: "repair.refresh", data: { objects: 4 } },
      "asking the cluster about 4 objects that an interrupted run may have changed, or that are gone",
    ],
    [
      { code: "delivery.retry", data: { kind: "Application", name: "ns-web" } },
      "Application ns-web has failed: asking for another try",
    ],
  ];
  for (const [event, line] of lines) it(`${event.code} in a line: ${line}`, () => assert.equal(lineOf(event), line));

  it("all others have no line of their own", () => {
    const codes = Object.keys(runEvents) as RunEventCode[];
    const without = codes.filter((code) => runEvents[code].line === undefined);
    assert.deepEqual([...new Set([...without, ...lines.map(([{ code }]) => code)])].sort(), codes.sort());
  });
});
