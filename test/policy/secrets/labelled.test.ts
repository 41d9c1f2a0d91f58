import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { findingsFor, type Line, linesOf } from "./labelled";

/** What came of the lines of a file. */
function figures(lines: readonly Line[]) {
  const evaluated = lines.map((line) => ({ line, found: findingsFor(line).length > 0 }));
  const count = (secret: boolean, found: boolean) =>
    evaluated.filter((each) => each.line.secret === secret && each.found === found).length;
  const hits = count(true, true);
  return {
    lines: lines.length,
    secrets: hits + count(true, false),
    recall: hits / (hits + count(true, false)),
    precision: hits / (hits + count(false, true)),
    wrong: evaluated.filter(({ line, found }) => line.secret !== found).map(({ line }) => line),
  };
}

/** `97.6 %`, never rounded up to 100. */
const percent = (share: number) => `${Math.floor(share * 1000) / 10} %`.replace(".0 %", " %");

describe("secret-in-values, on labelled lines", () => {
  const files = {
    "held-out.jsonl": "written before the patterns",
    "earlier.jsonl": "written before an earlier version",
    "tuning.jsonl": "written beside the patterns",
  };
  const all = Object.keys(files).flatMap(linesOf);

  it("has at least 400 of them, no two alike", () => {
    assert.ok(all.length >= 400, `${all.length}`);
    assert.equal(new Set(all.map((line) => JSON.stringify([line.in, line.at, line.text]))).size, all.length);
  });

  for (const file of Object.keys(files))
    it(`finds at least 95 in 100 credentials of ${file}, and nothing else`, () => {
      const { recall, precision, wrong } = figures(linesOf(file));
      assert.ok(recall >= 0.95 && precision === 1, JSON.stringify({ recall, precision, wrong }, null, 1));
    });

  for (const kind of ["switch", "reference", "name"])
    it(`says nothing against any ${kind}`, () => {
      const lines = all.filter((line) => line.kind === kind);
      assert.ok(lines.length >= 40, `${lines.length}`);
      assert.deepEqual(
        lines.filter((line) => findingsFor(line).length > 0),
        [],
      );
    });

  it("never shows a credential", () => {
    for (const line of all.filter(({ secret }) => secret))
      for (const { got } of findingsFor(line)) assert.match(got, /\(not shown\)$|^a literal$/);
  });

  it("cannot evaluate any of them while it is unknown", () => {
    for (const line of all.filter((each) => ["value", "env"].includes(each.in)))
      assert.deepEqual(
        findingsFor({ ...line, text: UNKNOWN }).map(({ outcome }) => outcome),
        ["undetermined"],
        line.at,
      );
  });

  it("has the figures the documentation gives", () => {
    const page = readFileSync(join(__dirname, "../../../docs/explanation/how-checks-are-tested.md"), "utf8").replace(
      / +/g,
      " ",
    );
    for (const [file, what] of Object.entries(files)) {
      const { lines, secrets, recall, precision } = figures(linesOf(file));
      const row = `| ${what} | ${lines} | ${secrets} | ${percent(recall)} | ${percent(precision)} |`;
      assert.ok(page.includes(row), row);
    }
  });
});
