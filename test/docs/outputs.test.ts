import assert from "node:assert/strict";
import { over, printsAsShown, section } from "../support/documents/document";

/** How outputs in the documentation are compared with what commands print. */

describe("outputs in the documentation", () => {
  const { block } = section("docs/how-to/cookbook.md", "Release a broken version on purpose");
  const shown = block("text");
  const passes = (printed: string): void => printsAsShown(printed, shown);
  const fails = (printed: string): void => {
    assert.notEqual(printed, shown);
    assert.throws(() => printsAsShown(printed, shown), { name: "AssertionError" });
  };

  it("times, names of pods, milliseconds, widths of columns and where revisions begin may differ", () => {
    passes(shown);
    passes(shown.replace("    3.9 s", "  103.2 s").replace("accounts-5c9f7d8b4-7d9c5", "accounts-6b74dc6c8-j4xt9"));
    passes(shown.replaceAll("6.2 ms", "112 ms").replace("before  151 ", "before    151   "));
    passes(shown.replace("2026-11-30T10-00-00Z", "2027-01-02T03-04-05Z"));
    passes(shown.replaceAll(/revision (\d)/g, (_, one: string) => `revision ${Number(one) + 5}`));
  });

  it("nothing else: a word, a number, an order, a line more or less", () => {
    fails(shown.replace("passed", "failed"));
    fails(shown.replace("0 of 2000", "1 of 2000"));
    fails(shown.replace("100 %", "99.9 %"));
    fails(shown.replace("rolled back to revision 7", "rolled back to revision 8"));
    fails(shown.replace(/^.*rolled back.*\n/m, ""));
    fails(`${shown}one more\n`);
    fails(shown.replace("-bad-release-", "-pod-kill-"));
    const lines = shown.trimEnd().split("\n");
    fails([lines[1], lines[0], ...lines.slice(2)].join("\n"));
  });

  it("a line of … stands for any lines, and … in a line for a word", () => {
    printsAsShown("a\nb\nc\n", "a\n…\nc");
    printsAsShown("a\nc\n", "a\n…\nc");
    printsAsShown("load-of-x.json", "load-….json");
    assert.throws(() => printsAsShown("a\nb\n", "a\n…\nc"));
    assert.throws(() => printsAsShown("load-of x.json", "load-….json"));
  });

  it("a section and a block that are not there, or are there twice, are mistakes", () => {
    assert.throws(() => section("docs/how-to/cookbook.md", "Kill a cat"), /no Kill a cat/);
    assert.throws(() => block("json"), /0 blocks of json/);
    assert.throws(
      () => section("docs/how-to/cookbook.md", "Raise a limit after a load test").block("text"),
      /2 blocks/,
    );
  });

  it("lines are added to a file's maps, and lists are replaced", () =>
    assert.deepEqual(over({ a: { b: 1, c: [1] }, d: 2 }, { a: { c: [2], e: 3 } }), {
      a: { b: 1, c: [2], e: 3 },
      d: 2,
    }));
});
