import assert from "node:assert/strict";
import { checkReleaseName, healingDescription } from "../../components/hardened-release";

describe("hardened-release: names Helm takes", () => {
  for (const name of ["a", "mailroom", "a-1", "1a", "a".repeat(53)])
    it(`takes ${name}`, () => assert.equal(checkReleaseName(name), undefined));
  for (const name of ["", "Mailroom", "mail_room", "-a", "a-", "a.b", "a".repeat(54)])
    it(`refuses "${name}", with the pattern in words`, () =>
      assert.match(
        checkReleaseName(name) ?? "",
        new RegExp(`^release name "${name}" must be lower-case letters.* at most 53`),
      ));
});

describe("hardened-release: what makes Pulumi repair a failed release", () => {
  const state = {
    status: "deployed",
    revision: 3,
    record: "sh.helm.release.v1.web.v3",
    written: "2026-01-02T03:04:05Z",
  };

  it("nothing for a release that is well, or that there is not", () => {
    assert.equal(healingDescription(undefined), undefined);
    assert.equal(healingDescription(state), undefined);
    assert.equal(healingDescription({ ...state, description: "Upgrade complete" }), undefined);
  });

  it("a new description for a failed one, another for the next failure", () => {
    const first = healingDescription({ ...state, status: "failed" });
    assert.equal(first, "puts failed revision 3 right");
    assert.notEqual(healingDescription({ ...state, status: "failed", revision: 4, description: first }), first);
  });

  it("the same description afterwards, so that a healed release does not change again", () => {
    const description = healingDescription({ ...state, status: "failed" });
    assert.equal(healingDescription({ ...state, revision: 4, description }), description);
  });
});
