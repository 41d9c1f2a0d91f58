import assert from "node:assert/strict";
import { confirmProd } from "../../../operations/stack/confirm-prod";
import { silentHost } from "../../../operations/stack/hosts";
import { destroy } from "../../../operations/stack/run";

describe("what a command of prod has to be told", () => {
  const live = { environment: "prod", stack: "live" } as const;

  it("the stack's name again, and no other", () => {
    assert.throws(() => confirmProd(live, undefined), {
      message: "stack live is prod: say so with --confirm live",
      exitCode: 2,
    });
    assert.throws(() => confirmProd(live, "dev"), /got --confirm dev/);
    confirmProd(live, "live");
    for (const environment of ["dev", "staging"] as const) confirmProd({ environment, stack: "any" }, undefined);
  });

  it("`destroy` asks for it before it opens the stack", async () => {
    for (const given of [undefined, "dev"])
      await assert.rejects(destroy("prod", silentHost, given), {
        message: /^stack prod is prod: say so with --confirm prod/,
      });
  });
});
