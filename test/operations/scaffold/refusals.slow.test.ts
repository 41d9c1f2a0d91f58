import { strict as assert } from "node:assert";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NewSystem, newSystem } from "../../../operations/scaffold/new-system";
import { eventually } from "../../support/run";
import { type Scaffold, scaffold } from "../../support/scaffold";

describe("hardened new system, where it writes nothing", function () {
  this.timeout(120_000);
  let checkout: Scaffold;
  before(() => {
    checkout = scaffold();
  });
  after(() => rmSync(checkout.root, { recursive: true, force: true }));

  describe("when it refuses", () => {
    afterEach(() => {
      checkout.git("checkout", "--quiet", ".");
      checkout.git("clean", "--quiet", "-fd");
    });

    it("tells everything at once, and writes nothing", async () => {
      mkdirSync(join(checkout.root, "test/systems/policy"));
      writeFileSync(join(checkout.root, "test/systems/policy/mine.txt"), "");
      const { code, stderr } = await checkout.create(["policy"]);
      assert.equal(code, 1, stderr);
      assert.deepEqual(stderr.trim().split("\n"), [
        "no system policy was made:",
        "  hardened:policy is a key of every stack's file",
        "  test/systems/policy is there already: choose another name, or remove it",
      ]);
      assert.deepEqual(checkout.differing(), ["test/systems/policy/mine.txt"]);
    });

    it("a system, a chart and a file that are there already", async () => {
      for (const [name, words] of [
        [
          "mailroom",
          [/systems\/mailroom is there/, /charts\/mailroom is/, /test\/systems\/mailroom/, /registry\.ts has/],
        ],
        ["service", [/charts\/service is there already/]],
        ["verdict", [/test\/charts\/verdict\.test\.ts is there already/]],
        ["registry", [/systems\/registry\.ts is there already/]],
        ["../up", [/a name is lower-case/]],
      ] as const) {
        const { code, stderr } = await checkout.create([name]);
        const [, ...lines] = stderr.trim().split("\n");
        assert.equal(code, 1);
        assert.equal(lines.length, words.length, stderr);
        for (const [index, line] of lines.entries()) assert.match(line, words[index] as RegExp);
      }
      assert.deepEqual(checkout.differing(), []);
    });

    it("a registry that is not as expected, with the fix", async () => {
      checkout.edit("systems/registry.ts", (text) => text.replace("const all:", "const every:"));
      const { code, stderr } = await checkout.create(["ledger"]);
      assert.equal(code, 1);
      assert.match(stderr, /^systems\/registry\.ts is not as expected: .*git checkout systems\/registry\.ts/);
      assert.deepEqual(checkout.differing(), ["systems/registry.ts"]);
    });

    it("folders that it may not write", async () => {
      const folders = ["systems", "docs/reference"];
      const mode = (bits: number): void => {
        for (const folder of ["", ...folders]) chmodSync(join(checkout.root, folder), folder === "" ? 0o755 : bits);
      };
      mode(0o555);
      const isRoot = process.geteuid?.() === 0;
      if (isRoot) process.seteuid?.(65_534);
      let refused: Promise<NewSystem>;
      try {
        refused = newSystem(checkout.root, "ledger"); // looks at the folders before it waits for anything
      } finally {
        if (isRoot) process.seteuid?.(0);
        mode(0o755);
      }
      await assert.rejects(refused, ({ message }: Error) => {
        for (const folder of folders)
          assert.ok(message.includes(`${folder} cannot be written: no permission`), message);
        return true;
      });
      assert.deepEqual(checkout.differing(), []);
    });
  });

  describe("when it does not come to its end", () => {
    afterEach(() => checkout.git("checkout", "--quiet", "."));

    it("removes everything again after a failure, and ends with the reason", async () => {
      checkout.edit("README.md", (text) => text.replace("<!-- End of what is generated -->", ""));
      const { code, stderr } = await checkout.create(["qwzx"]);
      assert.equal(code, 1);
      assert.match(stderr, /^bin\/run cli\/generate\/main\.ts failed:\n[\s\S]*README\.md has no place for systems/);
      assert.deepEqual(checkout.differing(), ["README.md"]);
      assert.doesNotMatch(checkout.git("diff"), /qwzx/);
    });

    it("removes everything again when it is interrupted", async () => {
      const { code, stderr } = await checkout.create(["ledger"], {
        onStart: (child) =>
          void eventually("the system's folder", async () => existsSync(join(checkout.root, "systems/ledger"))).then(
            () => child.kill("SIGINT"),
          ),
      });
      assert.equal(code, 130, stderr);
      assert.match(stderr, /interrupted; nothing of the new system stays/);
      assert.deepEqual(checkout.differing(), []);
    });
  });
});
