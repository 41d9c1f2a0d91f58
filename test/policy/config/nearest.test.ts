import assert from "node:assert/strict";
import fc from "fast-check";
import { nearest } from "../../../policy/config/nearest";

const keys = ["enabled", "namespace", "image", "replicaCount", "resources", "setup"];
const word = fc.stringMatching(/^[a-z][a-zA-Z]{2,14}$/);

describe("nearest", () => {
  const meant: readonly (readonly [string, string])[] = [
    ["replicas", "replicaCount"],
    ["replicacount", "replicaCount"],
    ["namepsace", "namespace"],
    ["imge", "image"],
    ["Image", "image"],
    ["resource", "resources"],
    ["enable", "enabled"],
  ];
  for (const [typed, key] of meant) it(`${typed} means ${key}`, () => assert.equal(nearest(typed, keys), key));

  it("says nothing of a word that is like none", () => {
    for (const typed of ["completelyDifferent", "xyzzy", "42", ""])
      assert.equal(nearest(typed, keys), undefined, typed);
  });

  it("says nothing where nothing is known", () => assert.equal(nearest("image", []), undefined));

  it("of two equally near, the first by name, whatever their order", () => {
    assert.equal(nearest("cat", ["car", "cab"]), "cab");
    assert.equal(nearest("cat", ["cab", "car"]), "cab");
  });

  it("a known word is its own nearest", () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 8, selector: (one) => one.toLowerCase() }),
        (known) => {
          for (const one of known) assert.equal(nearest(one, known), one);
        },
      ),
    ));

  it("one letter dropped, doubled or changed is found again", () =>
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom("drop", "double", "change"), (key, seed, edit) => {
        const at = seed % key.length;
        const middle = { drop: "", double: `${key[at]}${key[at]}`, change: "_" }[edit];
        assert.equal(nearest(key.slice(0, at) + middle + key.slice(at + 1), [key]), key);
      }),
    ));

  it("only ever names a known word", () =>
    fc.assert(
      fc.property(fc.string(), fc.array(word), (typed, known) => {
        const found = nearest(typed, known);
        assert.ok(found === undefined || known.includes(found));
      }),
    ));
});
