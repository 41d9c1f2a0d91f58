import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  compareBytes,
  distinct,
  goQuote,
  plural,
  quoted,
  wellFormed,
} from "../../../../policy/pod-security/contract/go-text";

const anyText = fc.string({ unit: "binary" });

describe("go-text", () => {
  it("[PSS] compares as the bytes of UTF-8 do where pairs of units begin and end", () => {
    const edges = [
      "\u{10000}",
      "\u{103ff}",
      "\u{10400}",
      "\u{10fc00}",
      "\u{10ffff}",
      "\ud7ff",
      "\ue000",
      "\uffff",
      "a",
    ];
    for (const a of edges)
      for (const b of edges)
        for (const [one, other] of [
          [a, b],
          [`x${a}`, `x${b}y`],
        ] as const)
          assert.equal(
            Math.sign(compareBytes(one, other)),
            Math.sign(Buffer.compare(Buffer.from(one), Buffer.from(other))),
            JSON.stringify([one, other]),
          );
  });

  it("[PSS] compares as the bytes of UTF-8 do", () => {
    fc.assert(
      fc.property(
        anyText,
        anyText,
        (a, b) => Math.sign(compareBytes(a, b)) === Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))),
      ),
      { seed: 1, numRuns: 2_000 },
    );
    assert.deepEqual(["\u{1f600}", "\uffee", "a", "", "ab", "\ud7ff"].sort(compareBytes), [
      "",
      "a",
      "ab",
      "\ud7ff",
      "\uffee",
      "\u{1f600}",
    ]);
  });

  it("[PSS] keeps distinct values, sorted, with half surrogates replaced", () => {
    assert.deepEqual(distinct(["b", "a", "b", "\ud800", "\udc00x", "\ud83d\ude00"]), [
      "a",
      "b",
      "\ufffd",
      "\ufffdx",
      "\u{1f600}",
    ]);
  });

  it("[PSS] quotes lists plainly and values as %q", () => {
    assert.equal(quoted([]), "");
    assert.equal(quoted(['a"', "b\n"]), '"a"", "b\n"');
    assert.equal(
      goQuote('a"\\\n\t\x00\x7f\u00a0é\u{1f600}\u{e0001}\ud800'),
      '"a\\"\\\\\\n\\t\\x00\\x7f\\u00a0é\u{1f600}\\U000e0001\ufffd"',
    );
  });

  it("[PSS] replaces nothing that is whole", () => {
    fc.assert(
      fc.property(anyText, (text) => wellFormed(text) === text),
      { seed: 1 },
    );
    assert.equal(wellFormed("a\ud800\ud83d\ude00\udc00"), "a\ufffd\u{1f600}\ufffd");
  });

  it("[PSS] knows one from many", () =>
    assert.deepEqual(
      [0, 1, 2].map((count) => plural(count, "a", "as")),
      ["as", "a", "as"],
    ));
});
