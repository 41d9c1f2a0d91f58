import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { rules } from "../../policy/evaluate/catalogue";
import { filesBelow, root, textOf } from "../support/tree";

/** Rules that are found while reading an object, not by a function of their own: the test that shows them. */
const shownElsewhere: Readonly<Record<string, string>> = {
  "exemption-expired": "test/policy/evaluate/exemptions.test.ts",
  "exemption-unused": "test/policy/evaluate/exemptions.test.ts",
  "exemption-used": "test/policy/evaluate/exemptions.test.ts",
  "resources-unseen": "test/policy/evaluate/pack-stack.test.ts",
};

const stem = (file: string): string => basename(file).replace(/(\.test)?\.ts$/, "");

describe("one rule, one name", () => {
  const files = filesBelow(["policy/checks", "policy/pod-security/checks"], [".ts"]);
  const ids = rules.map((rule) => rule.id);

  it("every check file is a rule of the same id, and every rule has its file", () =>
    assert.deepEqual(files.map(stem).sort(), ids.toSorted()));

  it("ids are kebab-case and none is used twice", () => {
    for (const id of ids) assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    assert.equal(new Set(ids).size, ids.length);
  });

  for (const file of files) {
    const id = stem(file);
    it(`${id} has a test of its own and a section in the documentation`, () => {
      const test = shownElsewhere[id] ?? join("test", file.replace(/\.ts$/, ".test.ts"));
      assert.ok(existsSync(join(root, test)), `${test} is missing`);
      assert.match(textOf("docs/reference/checks.md"), new RegExp(`^## ${id}$`, "m"));
    });
  }

  it("every test of a check has its check", () => {
    const tests = filesBelow(["test/policy/checks", "test/policy/pod-security/checks"], [".test.ts"]).map(stem);
    assert.deepEqual(
      tests.filter((id) => !ids.includes(id)),
      [],
    );
  });
});
