import assert from "node:assert/strict";
import { filesBelow, textOf } from "../support/tree";

/** Other makers name their kinds as Kubernetes does, so a kind without its group tells nothing. */
describe("kinds are told with their group", () => {
  for (const file of filesBelow(["policy/checks", "policy/rules", "policy/remedies"], [".ts"]))
    it(`${file} compares no kind of an object by itself`, () =>
      assert.doesNotMatch(textOf(file), /(?:object\.kind|text\(object, "kind"\)|\(\{ kind \}\) => kind) [!=]==/));
});
