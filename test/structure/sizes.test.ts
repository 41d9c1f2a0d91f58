import assert from "node:assert/strict";
import { join } from "node:path";
import { filesBelow, lengthOf, sourceFolders } from "../support/tree";

const folders = ["bench", ...sourceFolders];
const code = [".ts", ".mts", ".js", ".go"];

/** Files longer than a limit, with their lengths. */
const longer = (files: readonly string[], limit: number): string[] =>
  files.filter((file) => lengthOf(file) > limit).map((file) => `${file}: ${lengthOf(file)} lines`);

/** The length that a share of the files do not exceed. */
function percentile(files: readonly string[], share: number): number {
  const lengths = files.map(lengthOf).sort((a, b) => a - b);
  return lengths[Math.ceil(lengths.length * share) - 1] as number;
}

describe("file sizes", () => {
  const sources = filesBelow(folders, code).filter((file) => !file.endsWith("_test.go"));

  it("no source file has more than 300 lines", () => assert.deepEqual(longer(sources, 300), []));
  it("half of the source files have at most 90 lines", () => assert.ok(percentile(sources, 0.5) <= 90));
  it("19 of 20 source files have at most 200 lines", () => assert.ok(percentile(sources, 0.95) <= 200));
  it("no test file has more than 300 lines", () => assert.deepEqual(longer(filesBelow(["test"], code), 300), []));
  it("no chart template has more than 100 lines", () => {
    const templates = filesBelow(["charts"]).filter((file) => file.includes(`${join("/", "templates", "/")}`));
    assert.ok(templates.length > 0);
    assert.deepEqual(longer(templates, 100), []);
  });
});
