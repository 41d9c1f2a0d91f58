import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { endToEndLanes } from "../support/runner/e2e-lanes";
import { filesBelow, textOf } from "../support/tree";

describe("lanes of end-to-end tests", () => {
  const { alone, apart, others } = endToEndLanes();

  it("each file is in exactly one lane, and every listed file exists", () =>
    assert.deepEqual([...alone, ...apart, ...others].sort(), filesBelow(["test/e2e"], [".e2e.ts"])));

  /** Whether a file of tests reaches the helpers of the shared cluster, by its imports or theirs. */
  const usesCluster = (file: string, seen = new Set<string>()): boolean => {
    if (seen.has(file)) return false;
    seen.add(file);
    if (file === "test/support/e2e-cluster.ts") return true;
    return [...textOf(file).matchAll(/(?:from |require\()"(\.[^"]+)"/g)]
      .map(([, path = ""]) => `${join(dirname(file), path)}.ts`)
      .some((path) => filesBelow(["test"], [".ts"]).includes(path) && usesCluster(path, seen));
  };

  it("files that run concurrently with alone/ do not use the shared cluster, except the last one", () => {
    assert.deepEqual(
      apart.filter((file) => usesCluster(file)),
      apart.slice(-1),
    );
  });
});
