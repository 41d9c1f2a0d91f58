import { strict as assert } from "node:assert";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { mapSelects, selects } from "../../../policy/rules/selector";

const labels = { app: "web", tier: "front" };
const expression = (operator: unknown, values: unknown[] = [], key = "app") => ({
  matchExpressions: [{ key, operator, values }],
});

describe("selector", () => {
  for (const [title, selector, of, expected] of [
    ["an empty one selects everything", {}, {}, true],
    ["an absent one selects nothing", undefined, labels, false],
    ["all labels must fit", { matchLabels: { app: "web", tier: "front" } }, labels, true],
    ["one that does not fit is enough", { matchLabels: { app: "web", tier: "back" } }, labels, false],
    ["In", expression("In", ["a", "web"]), labels, true],
    ["In without the key", expression("In", ["web"], "none"), labels, false],
    ["NotIn", expression("NotIn", ["web"]), labels, false],
    ["NotIn without the key", expression("NotIn", ["web"], "none"), labels, true],
    ["Exists", expression("Exists"), labels, true],
    ["DoesNotExist", expression("DoesNotExist"), labels, false],
    ["an operator that is none", expression("Matches", ["web"]), labels, false],
    ["unknown", UNKNOWN, labels, UNKNOWN],
    ["unknown labels", { matchLabels: { app: "web" } }, UNKNOWN, UNKNOWN],
    ["an unknown label value", { matchLabels: { app: "web" } }, { app: UNKNOWN }, UNKNOWN],
    ["an unknown wanted value", { matchLabels: { app: UNKNOWN } }, labels, UNKNOWN],
    ["an unknown wanted value for a label that is not there", { matchLabels: { none: UNKNOWN } }, labels, false],
    ["what is known not to fit beats what is unknown", { matchLabels: { app: UNKNOWN, tier: "back" } }, labels, false],
    ["an unknown map", { matchLabels: UNKNOWN }, labels, UNKNOWN],
    ["an unknown operator", expression(UNKNOWN), labels, UNKNOWN],
  ] as const)
    it(title, () => assert.equal(selects(selector, of), expected));

  it("a Service's map selects by all its entries, an empty one nothing", () => {
    assert.equal(mapSelects({ app: "web" }, labels), true);
    assert.equal(mapSelects({ app: "api" }, labels), false);
    assert.equal(mapSelects({}, labels), false);
    assert.equal(mapSelects(UNKNOWN, labels), UNKNOWN);
  });
});
