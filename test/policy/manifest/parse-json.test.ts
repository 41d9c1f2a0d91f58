import { strict as assert } from "node:assert";
import { parseJson } from "../../../policy/manifest/parse-json";

const fits = (digits: string): boolean => {
  const value = parseJson(`[${digits}]`) as [number];
  return value[0] >= -(2 ** 63) && value[0] < 2 ** 63;
};

describe("reading JSON", () => {
  it("keeps every whole number on its side of the limits of int64", () => {
    for (const inside of [
      "0",
      "-1",
      "9007199254740993",
      "9223372036854775295",
      "9223372036854775807",
      "-9223372036854775808",
    ])
      assert.ok(fits(inside), inside);
    for (const beyond of [
      "9223372036854775808",
      "18446744073709551616",
      "-9223372036854775809",
      "-9223372036854775810",
    ])
      assert.ok(!fits(beyond), beyond);
    for (const far of ["-9223372036854777857", `1${"0".repeat(400)}`, `-1${"0".repeat(400)}`])
      assert.ok(!fits(far), far);
  });

  it("keeps their sign and what a double holds", () => {
    assert.deepEqual(parseJson("[9007199254740991, -9007199254740991, 1234567890123456, -0, 1.5, 1e300]"), [
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      1234567890123456,
      -0,
      1.5,
      1e300,
    ]);
    assert.deepEqual(parseJson('{"a": "9223372036854775807"}'), { a: "9223372036854775807" });
  });

  it("throws a SyntaxError for anything else", () => {
    for (const text of ["", "{", "[9223372036854775807", "9223372036854775807n"])
      assert.throws(() => parseJson(text), SyntaxError, text);
  });
});
