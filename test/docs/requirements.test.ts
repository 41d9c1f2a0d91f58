import assert from "node:assert/strict";
import { evidence, requirements } from "../../cli/generate/requirements";

describe("requirements", () => {
  const shown = evidence();
  const all = requirements();

  for (const [source, rows] of all) {
    it(`${source}: ids are numbered without a gap, each with one sentence`, () => {
      for (const [index, [id, text]] of Object.entries(rows).entries()) {
        assert.equal(Number(id.replace(/^[A-Z]+-/, "")), index + 1, id);
        assert.match(text, /^[A-Z].*\.$/, id);
      }
    });
    it(`${source}: a test or a document shows every one of them`, () =>
      assert.deepEqual(
        Object.keys(rows).filter((id) => !shown.has(id)),
        [],
      ));
  }

  it("mailroom has all of its 55", () => assert.equal(Object.keys(all.get("mailroom") ?? {}).length, 55));

  it("nothing shows a requirement that there is not", () => {
    const known = new Set([...all.values()].flatMap((rows) => Object.keys(rows)));
    const prefixes = new Set([...known].map((id) => id.replace(/\d+$/, "")));
    const strange = [...shown.keys()].filter((id) => prefixes.has(id.replace(/\d+$/, "")) && !known.has(id));
    assert.deepEqual(strange, []);
  });
});
