import assert from "node:assert/strict";
import fc from "fast-check";
import { formatReview } from "../../../operations/validation/review-comment";
import { cell, code, formatMarkdown } from "../../../policy/report/markdown";
import type { Report } from "../../../policy/report/report";
import { privileged } from "../support/findings";

/** Code spans of a line by CommonMark 0.31: a run of backticks opens one when a run of the same length follows. Gives what is outside, a mark for each span. */
function outside(line: string): { readonly text: string; readonly spans: string[] } {
  const runs = [...line.matchAll(/`+/g)];
  const spans: string[] = [];
  let text = "";
  let at = 0;
  for (let i = 0; i < runs.length; i++) {
    const open = runs[i] as RegExpExecArray;
    if (open.index < at) continue;
    const close = runs.slice(i + 1).find(([run]) => run.length === open[0].length);
    if (close === undefined) continue;
    const inner = line.slice(open.index + open[0].length, close.index);
    spans.push(/^ .* $/.test(inner) && inner.trim() !== "" ? inner.slice(1, -1) : inner);
    text += `${line.slice(at, open.index)}<span>`;
    at = close.index + close[0].length;
  }
  return { text: text + line.slice(at), spans };
}

/** Cells of a row: a backslash takes the next character with it, whatever it stands in (GFM, "Tables"). */
const cells = (row: string): string[] => row.match(/(?:\\[^\n]|[^|\\])+/g) ?? [];

/** Everything of a comment that is not in a code span or block, line by line, rows by cells. */
function skeleton(comment: string): string[] {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of comment.split(/\r\n|[\n\r]/)) {
    const mark = /^ {0,3}(`{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark !== undefined && mark.length >= fence.length && line.trim() === mark) fence = undefined;
      continue;
    }
    if (mark !== undefined && !line.slice(mark.length).includes("`")) fence = mark;
    const said = fence === undefined ? line.replaceAll(/[+−]\d+/g, "<count>") : "<block>";
    lines.push(...(said.startsWith("|") ? cells(said) : [said]).map((part) => outside(part).text));
  }
  return fence === undefined ? lines : [...lines, "a block that nothing ends"];
}

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        "`",
        "``",
        "```",
        "|",
        "\\",
        "\\|",
        "\n",
        "\r",
        "\u2028",
        "~~~",
        "@team",
        "#12",
        "!5",
        "<b>",
        "<!--",
        "-->",
        "[a](b)",
        "![a](b)",
        "&lt;",
        "**",
        "x",
        " ",
        "/close",
        "https://a.test",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

/** What was evaluated: every text of it. */
const reportOf = (text: string): Report => ({
  target: text,
  profile: "prod",
  units: [
    {
      name: text,
      verdict: {
        findings: [
          {
            ...privileged,
            object: { apiVersion: text, kind: text, name: text, namespace: text },
            containers: [text],
            ...{ field: text, got: text, want: text, fix: text, file: text },
          },
        ],
        exempted: [
          { finding: { ...privileged, got: text }, exemption: { index: 0, reason: text, owner: text, expires: text } },
        ],
        objects: 1,
        pods: 1,
      },
    },
  ],
  unjudged: [{ name: text, reason: text }],
});

const reviewOf = (text: string): string => {
  const one = { stack: text, report: reportOf(text), diff: `diff --git a b\n+x\n+${text}\n` };
  const lost = { stack: text, report: { ...reportOf(text), unjudged: [] }, diff: "", noDiff: text };
  return formatReview({
    base: text,
    commit: "a".repeat(40),
    otherPackages: false,
    stacks: [one, { ...one, diff: "" }, lost],
  });
};

/** The first line is the mark of the comment, made of plain words. */
const body = (comment: string): string[] => skeleton(comment.slice(comment.indexOf("\n")));

describe("comments", () => {
  it("hold nothing of what was evaluated outside of code", () => {
    // An empty text is said to be empty: it takes no span.
    const filled = hostile.map((text) => `${text}x`);
    const plain = { report: body(formatMarkdown(reportOf("x"))), review: body(reviewOf("x")) };
    fc.assert(
      fc.property(filled, (text) => {
        assert.deepEqual(body(formatMarkdown(reportOf(text))), plain.report);
        assert.deepEqual(body(reviewOf(text)), plain.review);
      }),
      { numRuns: 500 },
    );
  });

  it("have a first line that nothing of the target can end", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [mark = ""] = formatMarkdown(reportOf(text)).split("\n");
        assert.match(mark, /^<!-- hardened:[\w./-]* -->$/);
      }),
    );
  });

  it("show the text of a span as it is, on one line", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { text: rest, spans } = outside(code(text));
        if (rest === "(empty)") return assert.doesNotMatch(text, /[\p{L}\p{N}`|\\]/u);
        assert.equal(rest, "<span>");
        assert.doesNotMatch(spans[0] ?? "", /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
    );
    assert.equal(code("web"), "`web`");
    assert.equal(code("`a` ``b"), "``` `a` ``b ```");
    assert.equal(code(" \n"), "(empty)");
    assert.equal(cell("a|b"), "`a\\|b`");
    assert.equal(cell("a\\|b\\\\|"), "`a\\ \\|b\\\\ \\|`");
  });

  it("stay within their bounds, whatever a text is made of", () => {
    for (const text of ["`".repeat(100_000), "` ".repeat(50_000), "|".repeat(100_000), "\\".repeat(100_000)]) {
      assert.ok(reviewOf(text).length < 64_000);
      assert.ok(formatMarkdown(reportOf(text)).length < 64_000);
      assert.equal(body(reviewOf(text)).at(-1), "");
    }
  });
});
