import { strict as assert } from "node:assert";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sourceFolders } from "../../../cli/generate/import-diagram";
import type { NewSystem } from "../../../operations/scaffold/new-system";
import { type Scaffold, scaffold } from "../../support/scaffold";
import { filesBelow } from "../../support/tree";

/** A plain name, one with a hyphen and a word no dictionary has, and one that JavaScript reserves. */
const names = ["ledger", "qwzx-archive", "new"];
/** What `npm run generate` writes of the registry. */
const generated = ["Pulumi.yaml", "README.md", "docs/reference/config.md", "docs/reference/stack.schema.json"];

/** What mocha's JSON reporter writes, as far as it is read here. */
interface MochaReport {
  readonly passes: readonly { readonly title: string }[];
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

describe("hardened new system", function () {
  this.timeout(300_000);
  let checkout: Scaffold;
  before(() => {
    checkout = scaffold();
  });
  after(() => rmSync(checkout.root, { recursive: true, force: true }));

  const made = new Map<string, NewSystem>();

  for (const name of names)
    it(`${name}: files of its own, one line each in the registry, and what is generated`, async () => {
      const { code, stdout, stderr } = await checkout.create([name, "--json"]);
      assert.equal(code, 0, stderr);
      const result = JSON.parse(stdout) as NewSystem;
      made.set(name, result);
      assert.equal(result.identifier, { ledger: "ledger", "qwzx-archive": "qwzxArchive", new: "newSystem" }[name]);
      const words = name === "qwzx-archive" ? [".cspell/words.txt"] : [];
      assert.deepEqual(result.changed, [...words, ...generated, "systems/registry.ts"]);
      assert.deepEqual(checkout.differing(), [...result.written, ...result.changed].sort());
      const own = new RegExp(`^(systems|charts|test/systems)/${name}/|^test/charts/${name}\\.test\\.ts$`);
      for (const file of result.written) assert.match(file, own);
      const byHand = result.changed.filter((file) => !generated.includes(file));
      assert.ok(byHand.length <= 5, byHand.join(", "));
      const added = checkout.git("diff", "--unified=0", "systems/registry.ts").match(/^\+[^+].*$/gm) ?? [];
      assert.equal(added.length, 2, added.join("\n"));
      checkout.git("add", "--all");
      checkout.git("commit", "--quiet", "--no-gpg-sign", `--message=${name}`);
    });

  const passes = async (command: string, ...args: string[]): Promise<string> => {
    const { code, text } = await checkout.start(join("node_modules/.bin", command), args);
    assert.equal(code, 0, text);
    return text;
  };
  it("format and lint", () => passes("biome", "check", "."));
  it("types", () => passes("tsc", "-p", "."));
  it("imports between folders", () => passes("depcruise", "--config", ".dependency-cruiser.json", ...sourceFolders));
  it("unused files and exports", () => passes("knip"));
  it("spelling", () => {
    const written = [...made.values()].flatMap((one) => [...one.written, ...one.changed]);
    return passes("cspell", "--no-progress", "--quiet", ...new Set(written));
  });

  it("its own tests, and those that look at every system, chart, document and stack", async () => {
    const own = [...made.values()].flatMap(({ written }) => written.filter((file) => file.endsWith(".test.ts")));
    assert.equal(own.length, 3 * names.length);
    const fast = filesBelow(["test/structure", "test/docs"], [".test.ts"]).filter(
      (file) => !/\.slow\.test\.ts$|package-lock/.test(file), // the lock file is no system's
    );
    const all = ["test/systems/golden.test.ts", "test/systems/plaintext.test.ts"];
    const charts = ["test/charts/values-schema.test.ts", "test/charts/lint-matrix.slow.test.ts"];
    const report = join(checkout.root, ".git", "report.json");
    const files = [...own, ...fast, ...all, ...charts];
    const args = ["--reporter", "json", "--reporter-option", `output=${report}`, ...files];
    const { code, text } = await checkout.start("node_modules/.bin/mocha", args);
    const { passes: green, failures } = JSON.parse(readFileSync(report, "utf8")) as MochaReport;
    assert.deepEqual({ code, failures }, { code: 0, failures: [] }, text);
    assert.ok(green.length > 300, `${green.length} tests`);
    const each = (name: string): string => `${name} has the files every system has, and its charts`;
    for (const name of names)
      assert.ok(
        green.some(({ title }) => title === each(name)),
        name,
      );
  });
});
