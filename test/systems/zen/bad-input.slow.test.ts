import assert from "node:assert/strict";
import { useHelm } from "../../policy/support/helm";
import { textOf } from "../../support/tree";
import { badInput } from "./bad-input";

const page = textOf("docs/reference/zen-bad-input.md");
const rows = [...page.matchAll(/^\| (.*?) +\| `(.*)` +\|$/gm)].map(
  ([, wrong = "", said = ""]) => [wrong, said] as const,
);

/** A line that is said, by what the page shows of it: "…" stands for the rest. */
const line = (shown: string): RegExp =>
  new RegExp(
    `^ *${shown
      .split("…")
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
      .join(".*")}$`,
    "m",
  );

describe("wrong input for zen: what the page shows is what is said", () => {
  before(useHelm);

  it("each row is of input that is tried, and each that is tried has its row", () =>
    assert.deepEqual(rows.map(([wrong]) => wrong).sort(), Object.keys(badInput).sort()));

  for (const [wrong, shown] of rows)
    it(wrong, async () => {
      const said = (await badInput[wrong]?.()) ?? assert.fail("nobody tries it");
      assert.match(said, line(shown));
      assert.doesNotMatch(said, /hunter-two/, "a token is shown");
    });
});
