import { strict as assert } from "node:assert";
import { quantityOf } from "../../../policy/manifest/quantity";

describe("quantities", () => {
  for (const [written, amount] of [
    ["100m", 0.1],
    ["2", 2],
    [2, 2],
    ["1.5Gi", 1.5 * 1024 ** 3],
    ["64Mi", 64 * 1024 ** 2],
    ["1G", 1e9],
    [".5", 0.5],
    ["5.", 5],
    ["1e3", 1000],
    ["1E3", 1000],
    ["1E", 1e18],
    ["-1k", -1000],
    ["250u", 0.00025],
    ["3n", 3e-9],
    ["0", 0],
  ] as const)
    it(`${JSON.stringify(written)} is ${amount}`, () =>
      assert.ok(Math.abs((quantityOf(written) ?? Number.NaN) - amount) < 1e-12 * Math.max(1, amount)));
  for (const written of ["", "1GiB", "1 Gi", "Gi", "banana", "1mi", "1K", null, {}, "1e", "--1", "1.2.3"])
    it(`${JSON.stringify(written)} is none`, () => assert.equal(quantityOf(written), undefined));
});
