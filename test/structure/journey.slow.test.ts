import { strict as assert } from "node:assert";
import { journeyOf } from "./journey";

describe("number of functions that a parameter is passed through", () => {
  it("a target of `hardened check`: at most 20", () => {
    const functions = journeyOf("operations/validation/evaluate-targets.ts", "reportOf", "targets");
    assert.ok(functions.length <= 20, `${functions.length}:\n${functions.join("\n")}`);
    // it is followed: from the first function to the one that reads an input
    for (const one of ["operations/validation/evaluate-targets.ts:evaluateState", "policy/manifest/read.ts:read"])
      assert.ok(functions.includes(one), functions.join("\n"));
  }).timeout(60_000);
});
