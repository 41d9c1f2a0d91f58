import { strict as assert } from "node:assert";
import { globMatches } from "../../../policy/config/glob";
import { fullName, parseImage } from "../../../policy/images/image-reference";
import { fullNames } from "./hosts";

describe("image-reference", () => {
  for (const [text, registry, path, tag, digest] of [
    ["nginx", "docker.io", "library/nginx"],
    ["nginx:1.27", "docker.io", "library/nginx", "1.27"],
    ["kubezen/zen-agent", "docker.io", "kubezen/zen-agent"],
    ["index.docker.io/nginx", "docker.io", "library/nginx"],
    ["registry-1.docker.io/x/y", "docker.io", "x/y"],
    ["localhost/web", "localhost", "web"],
    ["localhost:5000/web:1", "localhost:5000", "web", "1"],
    ["GHCR.io/Org/web", "ghcr.io", "Org/web"],
    ["web@sha256:ab", "docker.io", "library/web", undefined, "sha256:ab"],
    ["r.example/a/b:1@sha256:ab", "r.example", "a/b", "1", "sha256:ab"],
  ] as const) {
    it(`[ZN-64] reads ${text}`, () => {
      const { tag: foundTag, digest: foundDigest, ...place } = parseImage(text) ?? {};
      assert.deepEqual(place, { registry, path });
      assert.deepEqual([foundTag, foundDigest], [tag, digest]);
    });
  }

  for (const [repository, full] of fullNames)
    it(`[ZN-64] ${repository} is ${full}`, () => {
      assert.equal(fullName(repository), full);
      if (!repository.endsWith("*")) {
        const { registry, path, tag } = parseImage(`${repository}:1.0`) ?? {};
        assert.deepEqual([`${registry}/${path}`, tag], [full, "1.0"]);
      }
    });

  it("knows what has no name", () => {
    for (const text of ["", " ", "@sha256:ab", ":1", "/web", "r.example/"])
      assert.equal(parseImage(text), undefined, text);
  });

  it("leaves a pattern that begins with ** alone: it begins at the registry", () => {
    assert.deepEqual(["**", "**/team/*", "*", "*/web"].map(fullName), [
      "**",
      "**/team/*",
      "docker.io/library/*",
      "docker.io/*/web",
    ]);
    const fits = (pattern: string) =>
      ["nginx", "r.example/team/web", "r.example:5000/a/team/web"].filter((image) =>
        globMatches(fullName(pattern), fullName(image)),
      );
    assert.deepEqual(fits("**"), ["nginx", "r.example/team/web", "r.example:5000/a/team/web"]);
    assert.deepEqual(fits("**/team/*"), ["r.example/team/web", "r.example:5000/a/team/web"]);
    assert.deepEqual(fits("*"), ["nginx"]);
  });

  it("writes patterns out like images", () => {
    assert.deepEqual(["nginx", "kubezen/*", "ghcr.io/**"].map(fullName), [
      "docker.io/library/nginx",
      "docker.io/kubezen/*",
      "ghcr.io/**",
    ]);
  });
});

describe("glob", () => {
  for (const [pattern, text, expected] of [
    ["*", "web", true],
    ["*", "a/b", false],
    ["**", "a/b", true],
    ["a.b", "axb", false],
    ["web-*", "web-1", true],
    ["web-*", "my-web-1", false],
    ["a+(b)[c]", "a+(b)[c]", true],
  ] as const)
    it(`${pattern} ${expected ? "fits" : "does not fit"} ${text}`, () =>
      assert.equal(globMatches(pattern, text), expected));
});
