import assert from "node:assert/strict";
import { ignoredBy } from "../../../policy/render/helm-ignore";

/** [what the file says, what is left out, what stays]; that Helm agrees is shown by test/charts/package.test.ts. */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["", ["templates/.swp", "templates/.hidden/a"], ["templates/a.yaml", ".helmignore", "other/.swp"]],
  ["# a comment\n\n  secrets.yaml  ", ["secrets.yaml", "sub/secrets.yaml"], ["secrets.yaml.example"]],
  ["*.bak", ["a.bak", "b/c.bak"], ["a.bak.txt"]],
  ["docs/", ["docs/a", "x/docs/b"], ["docs"]],
  ["/ci", ["ci/a", "ci"], ["x/ci/a"]],
  ["ci/*.yaml", ["ci/a.yaml"], ["ci/b/a.yaml", "x/ci/a.yaml"]],
  ["a?c", ["abc"], ["ac", "a/c"]],
  ["[a-c].txt\n[^d].md", ["b.txt", "x.md"], ["d.txt", "d.md"]],
  ["\\*", ["*"], ["a"]],
  ["a*b*c", ["abc", "a-b-b-c", "aXbYc"], ["ab", "a/b/c", "abcd"]],
  ["x/*/y*", ["x/a/y", "x/a/yy"], ["x/a/b/y", "x/y"]],
  ["[a\\]]", ["]", "a"], ["b"]],
  ["!keep.yaml", ["a", "b/c"], ["keep.yaml"]],
  ["\uFEFFfirst", ["first"], ["second"]],
];

describe("helm-ignore: what Helm leaves out of a chart", () => {
  for (const [text, out, stays] of cases)
    it(JSON.stringify(text), () => {
      const isIgnored = ignoredBy(text);
      for (const file of out) assert.equal(isIgnored(file), true, file);
      for (const file of stays) assert.equal(isIgnored(file), false, file);
    });

  for (const text of ["a/**", "[a", "a\\"])
    it(`refuses ${text}, as Helm does`, () =>
      assert.throws(() => ignoredBy(text), {
        message: new RegExp(`^\\.helmignore: ${text.replaceAll(/\W/g, "\\$&")}: `),
      }));
});
