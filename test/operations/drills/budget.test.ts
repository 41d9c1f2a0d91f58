import assert from "node:assert/strict";
import { budgetUse, sloOf } from "../../../operations/drills/budget";

describe("error budget", () => {
  const slo = { target: 99.9, maxBudgetPerDrill: 100 };

  it("[COS-29] is computed from request counts: the failures the target allows, and the share of them that happened", () => {
    assert.deepEqual(budgetUse(2000, 1, slo), {
      requests: 2000,
      failed: 1,
      availability: 99.95,
      allowedFailures: 2,
      usedPercent: 50,
      within: true,
    });
    assert.equal(budgetUse(2000, 2, slo).within, true, "all of it is still within");
    assert.equal(budgetUse(2000, 3, slo).within, false);
    assert.equal(budgetUse(2000, 1, { ...slo, maxBudgetPerDrill: 49 }).within, false);
  });

  it("no request is not a pass", () => assert.equal(budgetUse(0, 0, slo).within, false));

  it("[COS-29] a stack that says no measure is refused, and every missing setting is named", () => {
    const missing = (slo?: { target?: number; maxBudgetPerDrill?: number }) => () => sloOf({ stack: "dev", slo });
    assert.throws(missing(), /Pulumi\.dev\.yaml does not set hardened:slo\.target and hardened:slo\.maxBudgetPerDrill/);
    assert.throws(missing({ target: 99 }), /does not set hardened:slo\.maxBudgetPerDrill;/);
    assert.deepEqual(missing({ target: 99, maxBudgetPerDrill: 5 })(), { target: 99, maxBudgetPerDrill: 5 });
  });
});
