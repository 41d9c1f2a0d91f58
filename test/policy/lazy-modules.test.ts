import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const script = (first: string, sdk: string): string => `
  require("${first}");
  require("${sdk}");
  const loaded = (name) => Object.keys(require.cache).some((file) => file.includes("/node_modules/" + name + "/lib/"));
  const before = ["@npmcli/arborist", "typescript"].filter(loaded);
  const uses = [typeof require("@npmcli/arborist").Arborist, typeof require("typescript").transpileModule];
  let missing;
  try { require("not-installed"); } catch (error) { missing = error.code; }
  console.log(JSON.stringify({ before, uses, missing }));`;

describe("modules the pack and the command line load lazily", () => {
  for (const [what, first, sdk] of [
    ["the policy SDK", "./lazy-modules.js", "@pulumi/policy"],
    ["the Automation API", "../bin/register.js", "@pulumi/pulumi/automation"],
  ] as const)
    it(`are not loaded with ${what}, and are there when they are used`, () => {
      const text = execFileSync(process.execPath, ["-e", script(first, sdk)], {
        cwd: join(__dirname, "../../policy"),
        encoding: "utf8",
      });
      assert.deepEqual(JSON.parse(text), { before: [], uses: ["function", "function"], missing: "MODULE_NOT_FOUND" });
    });
});
