import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const script = `
  require("./lazy-modules.js");
  require("@pulumi/policy");
  const loaded = (name) => Object.keys(require.cache).some((file) => file.includes("/node_modules/" + name + "/"));
  const before = ["@npmcli/arborist", "typescript"].filter(loaded);
  const uses = [typeof require("@npmcli/arborist").Arborist, typeof require("typescript").transpileModule];
  let missing;
  try { require("not-installed"); } catch (error) { missing = error.code; }
  console.log(JSON.stringify({ before, uses, missing }));`;

describe("modules the pack loads lazily", () => {
  it("is not loaded with the policy SDK, and is there when it is used", () => {
    const text = execFileSync(process.execPath, ["-e", script], {
      cwd: join(__dirname, "../../policy"),
      encoding: "utf8",
    });
    assert.deepEqual(JSON.parse(text), { before: [], uses: ["function", "function"], missing: "MODULE_NOT_FOUND" });
  });
});
