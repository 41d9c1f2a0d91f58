import { strict as assert } from "node:assert";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFolders } from "../../../cli/generate/import-diagram";
import { type NewSystem, newSystem } from "../../../operations/scaffold/new-system";
import { programEnvironment } from "../../../process/toolchain/locate";
import { eventually, type Result, type RunOptions, run } from "../../support/run";
import { type ScratchCheckout, scratchCheckout } from "../../support/scratch-checkout";
import { filesBelow } from "../../support/tree";

/** A plain name, one with a hyphen and a word no dictionary has, and one that JavaScript reserves. */
const names = ["ledger", "qwzx-archive", "new"];
/** What `npm run generate` writes of the registry. */
const generated = ["Pulumi.yaml", "README.md", "docs/reference/config.md", "docs/reference/stack.schema.json"];

describe("hardened new system", function () {
  this.timeout(300_000);
  let checkout: ScratchCheckout;
  before(() => {
    checkout = scratchCheckout();
  });
  after(() => rmSync(checkout.root, { recursive: true, force: true }));

  const start = (command: string, args: readonly string[], options: RunOptions = {}): Promise<Result> =>
    run(join(checkout.root, command), args, { cwd: checkout.root, env: programEnvironment(), ...options });
  const create = (...args: string[]): Promise<Result> => start("bin/hardened", ["new", "system", ...args]);
  /** Files that differ from the last commit, as git names them. */
  const differing = (): string[] =>
    checkout
      .git("status", "--porcelain", "--untracked-files=all")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.slice(3))
      .sort();

  describe("when it refuses", () => {
    afterEach(() => {
      checkout.git("checkout", "--quiet", ".");
      checkout.git("clean", "--quiet", "-fd");
    });

    it("tells everything at once, and writes nothing", async () => {
      mkdirSync(join(checkout.root, "test/systems/policy"));
      writeFileSync(join(checkout.root, "test/systems/policy/mine.txt"), "");
      const { code, stderr } = await create("policy");
      assert.equal(code, 1, stderr);
      assert.deepEqual(stderr.trim().split("\n"), [
        "no system policy was made:",
        "  hardened:policy is a key of every stack's file",
        "  test/systems/policy is there already: choose another name, or remove it",
      ]);
      assert.deepEqual(differing(), ["test/systems/policy/mine.txt"]);
    });

    it("a system, a chart and a file that are there already", async () => {
      for (const [name, words] of [
        [
          "mailroom",
          [/systems\/mailroom is there/, /charts\/mailroom is/, /test\/systems\/mailroom/, /registry\.ts has/],
        ],
        ["hardened", [/charts\/hardened is there already/]],
        ["verdict", [/test\/charts\/verdict\.test\.ts is there already/]],
        ["registry", [/systems\/registry\.ts is there already/]],
        ["../up", [/a name is lower-case/]],
      ] as const) {
        const { code, stderr } = await create(name);
        const [, ...lines] = stderr.trim().split("\n");
        assert.equal(code, 1);
        assert.equal(lines.length, words.length, stderr);
        for (const [index, line] of lines.entries()) assert.match(line, words[index] as RegExp);
      }
      assert.deepEqual(differing(), []);
    });

    it("a registry that is not as expected, with the fix", async () => {
      checkout.edit("systems/registry.ts", (text) => text.replace("const all:", "const every:"));
      const { code, stderr } = await create("ledger");
      assert.equal(code, 1);
      assert.match(stderr, /^systems\/registry\.ts is not as expected: .*git checkout systems\/registry\.ts/);
      assert.deepEqual(differing(), ["systems/registry.ts"]);
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
      assert.deepEqual(differing(), []);
    });
  });

  describe("when it does not come to its end", () => {
    afterEach(() => checkout.git("checkout", "--quiet", "."));

    it("removes everything again after a failure, and ends with the reason", async () => {
      checkout.edit("README.md", (text) => text.replace("<!-- End of what is generated -->", ""));
      const { code, stderr } = await create("qwzx");
      assert.equal(code, 1);
      assert.match(stderr, /^bin\/run cli\/generate\/main\.ts failed:\n[\s\S]*README\.md has no place for the table/);
      assert.deepEqual(differing(), ["README.md"]);
      assert.doesNotMatch(checkout.git("diff"), /qwzx/);
    });

    it("removes everything again when it is interrupted", async () => {
      const { code, stderr } = await start("bin/hardened", ["new", "system", "ledger"], {
        onStart: (child) =>
          void eventually("the system's folder", async () => existsSync(join(checkout.root, "systems/ledger"))).then(
            () => child.kill("SIGINT"),
          ),
      });
      assert.equal(code, 130, stderr);
      assert.match(stderr, /interrupted; nothing of the new system stays/);
      assert.deepEqual(differing(), []);
    });
  });

  describe("what it writes", () => {
    const made = new Map<string, NewSystem>();

    for (const name of names)
      it(`${name}: files of its own, one line each in the registry, and what is generated`, async () => {
        const { code, stdout, stderr } = await create(name, "--json");
        assert.equal(code, 0, stderr);
        const result = JSON.parse(stdout) as NewSystem;
        made.set(name, result);
        assert.equal(result.identifier, { ledger: "ledger", "qwzx-archive": "qwzxArchive", new: "newSystem" }[name]);
        const words = name === "qwzx-archive" ? [".cspell/words.txt"] : [];
        assert.deepEqual(result.changed, [...words, ...generated, "systems/registry.ts"]);
        assert.deepEqual(differing(), [...result.written, ...result.changed].sort());
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
      const { code, text } = await start(join("node_modules/.bin", command), args);
      assert.equal(code, 0, text);
      return text;
    };
    it("format and lint", () => passes("biome", "check", ".").then(() => {}));
    it("types", () => passes("tsc", "-p", ".").then(() => {}));
    it("imports between folders", () =>
      passes("depcruise", "--config", ".dependency-cruiser.json", ...sourceFolders).then(() => {}));
    it("unused files and exports", () => passes("knip").then(() => {}));
    it("spelling", () => {
      const written = [...made.values()].flatMap((one) => [...one.written, ...one.changed]);
      return passes("cspell", "--no-progress", "--quiet", ...new Set(written)).then(() => {});
    });

    it("its own tests, and those that look at every system, chart, document and stack", async () => {
      const own = [...made.values()].flatMap(({ written }) => written.filter((file) => file.endsWith(".test.ts")));
      assert.equal(own.length, 3 * names.length);
      const fast = filesBelow(["test/structure", "test/docs"], [".test.ts"]).filter(
        (file) => !/\.slow\.test\.ts$|package-lock/.test(file), // the lock file is no system's
      );
      const all = ["test/systems/golden.test.ts", "test/systems/plaintext.test.ts"];
      const charts = ["test/charts/values-schema.test.ts", "test/charts/lint-matrix.test.ts"];
      const text = await passes("mocha", ...own, ...fast, ...all, ...charts);
      assert.match(text, /^ {2}\d{3} passing/m);
      for (const name of names) assert.match(text, new RegExp(`✔ ${name} has the files every system has`));
    });
  });
});
