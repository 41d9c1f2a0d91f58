import { strict as assert } from "node:assert";
import { pinnedValues } from "../../../systems/floe/pinned-values";

const lock = { "registry.example/dbt": "sha256:locked", "registry.example/dagster": "sha256:other" };

describe("systems/floe: digests of the image lock", () => {
  const table: [title: string, given: object, expected: object][] = [
    [
      "an image without a digest",
      { image: { repository: "registry.example/dbt", tag: "1" } },
      { image: { repository: "registry.example/dbt", tag: "1", digest: "sha256:locked" } },
    ],
    [
      "an image with an empty digest, as the generator writes it",
      { image: { repository: "registry.example/dbt", digest: "" } },
      { image: { repository: "registry.example/dbt", digest: "sha256:locked" } },
    ],
    [
      "images in lists: code servers and jobs",
      {
        deployments: [{ name: "a", image: { repository: "registry.example/dagster" } }],
        jobs: [{ name: "b", image: { repository: "registry.example/dbt" } }, { name: "c" }],
      },
      {
        deployments: [{ name: "a", image: { repository: "registry.example/dagster", digest: "sha256:other" } }],
        jobs: [{ name: "b", image: { repository: "registry.example/dbt", digest: "sha256:locked" } }, { name: "c" }],
      },
    ],
  ];
  for (const [title, given, expected] of table)
    it(`[FL-122] go to ${title}`, () => assert.deepEqual(pinnedValues({ inside: given }, lock), { inside: expected }));

  const kept: [title: string, given: object][] = [
    ["an image with a digest of its own", { image: { repository: "registry.example/dbt", digest: "sha256:own" } }],
    ["an image that the lock does not have", { image: { repository: "registry.example/else", tag: "1" } }],
    ["a repository that is no image", { source: { repository: "registry.example/dbt" } }],
    ["an image as text", { image: "registry.example/dbt" }],
    ["an image with its tag alone, below the chart's repository", { image: { tag: "1" } }],
    ["texts, numbers, nulls", { a: "b", c: 1, d: null, e: [true, "f"] }],
  ];
  for (const [title, given] of kept)
    it(`[FL-122] leave ${title} as it is`, () =>
      assert.deepEqual(pinnedValues({ inside: given }, lock), { inside: given }));

  it("changes nothing of what it was given", () => {
    const given = { image: { repository: "registry.example/dbt" } };
    const before = structuredClone(given);
    pinnedValues(given, lock);
    assert.deepEqual(given, before);
  });
});
