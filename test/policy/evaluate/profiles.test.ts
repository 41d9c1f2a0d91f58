import { strict as assert } from "node:assert";
import { rules } from "../../../policy/evaluate/catalogue";
import { enforcementOf, levels, profiles } from "../../../policy/evaluate/profiles";

const strictness = ["disabled", "advisory", "mandatory"];

describe("profiles", () => {
  it("say of each rule of the catalogue, in its order, how strict it is, and of no other", () =>
    assert.deepEqual(
      Object.keys(levels),
      rules.map(({ id }) => id),
    ));

  it("say it by the name of the profile", () => {
    assert.deepEqual(enforcementOf("probes"), { dev: "advisory", staging: "mandatory", prod: "mandatory" });
    assert.deepEqual(Object.keys(enforcementOf("probes")), profiles);
    assert.throws(
      () => enforcementOf("no-such-rule"),
      /^Error: no rule no-such-rule in policy\/evaluate\/profiles\.ts$/,
    );
  });

  it("get no more lenient from dev to staging to prod", () => {
    for (const [id, own] of Object.entries(levels)) {
      const [dev, staging, prod] = own.map((one) => strictness.indexOf(one)) as [number, number, number];
      assert.ok(0 <= dev && dev <= staging && staging <= prod, id);
    }
  });
});
