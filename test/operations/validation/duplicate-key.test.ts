import assert from "node:assert/strict";
import fc from "fast-check";
import { duplicateKey } from "../../../operations/validation/duplicate-key";

const found = (text: string): string | undefined => duplicateKey(text, JSON.parse(text));

describe("duplicate-key", () => {
  it("[PSS] finds a key that stands twice in one object, at any depth, however it is written", () => {
    for (const text of [
      '{"a":1,"a":2}',
      '{"a":1,"b":{"a":1},"a":{}}',
      '{"x":[{"a":null ,"b":":","a" : null}]}',
      '{"a":1,"\\u0061":2}',
      '{"a":"\\"a\\":1","a":2}',
      '{"a":[],"a":[]}',
    ])
      assert.equal(found(text), "a", text);
    assert.equal(found('{"":1,"":1}'), "");
    assert.equal(found('{"__proto__":1,"__proto__":2}'), "__proto__");
  });

  it("[PSS] finds none where keys only look alike", () => {
    for (const text of [
      '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
      '{"a":"\\"a\\":1, \\"a\\":2"}',
      '{"a":"b\\\\","c":"a"}',
      '["a","a"]',
      '"a"',
      "null",
      '{"__proto__":1}',
      `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    ])
      assert.equal(found(text), undefined, text.slice(0, 50));
  });

  it("[PSS] agrees with itself on any value: as it is none, with its first key again one", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.json().map((json) => JSON.parse(json) as unknown),
        ),
        (value) => {
          for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
            assert.equal(found(text), undefined);
            const [key] = Object.keys(JSON.parse(text) as object);
            if (key !== undefined) assert.equal(found(`${text.slice(0, -1)},${JSON.stringify(key)}:0}`), key);
          }
        },
      ),
    );
  });
});
