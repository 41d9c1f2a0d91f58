import assert from "node:assert/strict";
import { untilGone } from "../../cluster/orphaned-objects";

describe("half-made: waiting until what is deleted is gone", () => {
  it("asks again until nothing is left", async () => {
    const answers = [["Secret a", "Secret b"], ["Secret b"], []];
    let asked = 0;
    await untilGone(async () => answers[asked++] ?? assert.fail("asked on"));
    assert.equal(asked, 3);
  });

  it("asks at once and only once where there is nothing", async () => {
    let asked = 0;
    await untilGone(async () => (asked++ === 0 ? [] : assert.fail("asked on")), 0);
    assert.equal(asked, 1);
  });

  it("says what is still there when it takes too long", async () => {
    const start = Date.now();
    await assert.rejects(
      untilGone(async () => ["Namespace ns", "Secret a"], 0.3),
      /^Error: still there after 0\.3 s: Namespace ns, Secret a$/,
    );
    assert.ok(Date.now() - start >= 300);
  });
});
