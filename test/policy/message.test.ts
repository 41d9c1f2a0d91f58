import { strict as assert } from "node:assert";
import { printable } from "../../policy/message";

const shown: readonly [what: string, text: string, expected: string][] = [
  ["ordinary text, accents and other scripts", "café Ünï 日本 — ok", "café Ünï 日本 — ok"],
  ["several blanks in a line", "a  b", "a  b"],
  ["line breaks with the blanks around them", "a \r\n\t b\u2028c\u2029d\u0085e\u000bf\u000cg", "a b c d e f g"],
  ["a colour", "\u001b[31mred", "\ufffd[31mred"],
  ["a control sequence in one character", "\u009b2Jx", "\ufffd2Jx"],
  ["a title for the window", "\u001b]0;x\u0007y", "\ufffd]0;x\ufffdy"],
  ["a backspace, a tab and a delete", "a\b\tb\u007f", "a\ufffd\ufffdb\ufffd"],
  ["a turned direction", "a\u202eb\u2066c\u200f\u061c", "a\ufffdb\ufffdc\ufffd\ufffd"],
  ["what has no width", "a\u200b\u2060\ufeff\u00adb", "a\ufffd\ufffd\ufffd\ufffdb"],
  ["tags", "a\u{e0041}b", "a\ufffdb"],
  ["half a pair, and a whole one", "a\ud83db 😀", "a\ufffdb 😀"],
];

describe("printable", () => {
  for (const [what, text, expected] of shown) it(`shows ${what}`, () => assert.equal(printable(text), expected));

  it("changes nothing a second time", () => {
    for (const [, text] of shown) assert.equal(printable(printable(text)), printable(text));
  });
});
