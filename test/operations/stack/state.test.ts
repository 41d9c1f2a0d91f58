import { strict as assert } from "node:assert";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { clusterName } from "../../../cluster/local/cluster-name";
import { cacheRoot, stateFolder } from "../../../policy/own-folders";
import { createExclusive, writeAtomic } from "../../../process/atomic-write";
import { root } from "../../support/tree";

const run = promisify(execFile);
const program = ["--no-warnings", "-r", join(root, "bin/register.js"), join(__dirname, "passphrase-of.ts")];

describe("state of this machine", function () {
  this.timeout(60_000);
  let folder: string;
  const file = (): string => join(folder, "hardened", "passphrase");
  const env = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: folder });
  const passphraseOf = async (): Promise<{ passphrase?: string; refused?: string; name?: string }> =>
    JSON.parse((await run(process.execPath, program, { env: env() })).stdout);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hardened-state-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("has one passphrase, also when several processes make it at once, and only its owner can read it", async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, passphraseOf));
    const all = new Set(answers.map(({ passphrase }) => passphrase));
    assert.equal(all.size, 1);
    assert.match([...all][0] ?? "", /^[\w-]{32}$/);
    assert.equal((await passphraseOf()).passphrase, [...all][0]);
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(folder, "hardened")).sort(), ["passphrase", "pulumi"], "nothing else is left");
  });

  it("has no passphrase where the disk is full, and a whole one when there is room again", () => {
    // A disk of one block, which another file fills; it is gone with its mount namespace.
    const script = [
      'mount -t tmpfs -o size=4k,mode=700 none "$XDG_STATE_HOME"',
      'head -c 4096 /dev/zero > "$XDG_STATE_HOME/other"',
      '"$@"',
      'find "$XDG_STATE_HOME/hardened" -type f',
      'rm "$XDG_STATE_HOME/other"',
      '"$@"',
    ].join(" && ");
    const args = ["--mount", "--map-root-user", "sh", "-c", script, "sh", process.execPath, ...program];
    const lines = execFileSync("unshare", args, { env: env(), encoding: "utf8" }).trim().split("\n");
    const [full, roomy] = lines.map((line) => JSON.parse(line));
    assert.deepEqual(full, { refused: `${file()} cannot be written: the disk is full`, name: "UserError" });
    assert.match(roomy.passphrase, /^[\w-]{32}$/);
    assert.equal(lines.length, 2, "the full disk left a file");
  });

  for (const [what, content, count] of [
    ["is empty", "", 0],
    ["holds only a line end", "\n", 0],
    ["was cut short", "abcdef", 6],
  ] as const) {
    it(`refuses a passphrase file that ${what}, with the way out, and leaves it alone`, async () => {
      mkdirSync(join(folder, "hardened"));
      writeFileSync(file(), content);
      const { refused = "", name } = await passphraseOf();
      assert.equal(name, "UserError");
      assert.ok(refused.startsWith(`${file()} holds ${count} characters, expected at least 32`), refused);
      assert.match(refused, /from a backup.*remove the file.*troubleshoot\.md#backend/);
      assert.equal(readFileSync(file(), "utf8"), content);
    });
  }

  it("refuses such a file when the environment names it too, as in a shell that was given it; a short one of a person's own is theirs", async () => {
    mkdirSync(join(folder, "hardened"));
    const theirs = join(folder, "theirs");
    const named = async (path: string, content: string): Promise<{ passphrase?: string; refused?: string }> => {
      writeFileSync(path, content);
      const given = { ...env(), PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE_FILE: path };
      return JSON.parse((await run(process.execPath, program, { env: given })).stdout);
    };
    const empty = await named(theirs, "\n");
    assert.match(empty.refused ?? "", /theirs holds 0 characters, expected at least 1: the passphrase is cut short/);
    const cut = await named(file(), "abcdef");
    assert.match(cut.refused ?? "", /passphrase holds 6 characters, expected at least 32/);
    assert.deepEqual(await named(theirs, "short"), { passphrase: "short" });
  });

  it("says what cannot be made, and which variable moves it, where nothing can be written", async () => {
    writeFileSync(join(folder, "hardened"), "a file in the folder's place");
    const { refused = "" } = await passphraseOf();
    assert.match(refused, /pulumi\/hardened, which keeps Pulumi's state, cannot be made: .*; set XDG_STATE_HOME/);
    assert.doesNotMatch(refused, /\n/);
  });

  it("writes a file whole or not at all", () => {
    const target = join(folder, "file");
    writeAtomic(target, "one");
    writeAtomic(target, "two", 0o644);
    assert.deepEqual([readFileSync(target, "utf8"), statSync(target).mode & 0o777], ["two", 0o644]);
    assert.equal(createExclusive(target, "three"), false);
    assert.equal(createExclusive(join(folder, "new"), "four"), true);
    assert.throws(
      () => writeAtomic(join(folder, "none", "file"), ""),
      /none\/file cannot be written: there is no such file/,
    );
    assert.deepEqual(readdirSync(folder).sort(), ["file", "new"]);
  });

  it("is where an absolute XDG folder says; an empty or relative one counts as unset", () => {
    const home = { HOME: "/h" };
    assert.equal(stateFolder({ ...home, XDG_STATE_HOME: "/s" }), "/s/hardened");
    assert.equal(cacheRoot({ ...home, XDG_CACHE_HOME: "/c" }), "/c/hardened");
    assert.equal(cacheRoot({ ...home, XDG_CACHE_HOME: "/c", HARDENED_CACHE: "/d" }), "/d");
    for (const value of [undefined, "", "state", "./state", "~/state"]) {
      assert.equal(stateFolder({ ...home, XDG_STATE_HOME: value }), "/h/.local/state/hardened");
      assert.equal(cacheRoot({ ...home, XDG_CACHE_HOME: value, HARDENED_CACHE: value }), "/h/.cache/hardened");
    }
  });

  it("is never where a command happens to run: a home that is empty or relative counts as unset too", () => {
    const { homedir } = userInfo();
    for (const HOME of [undefined, "", "home", "./home", "~"]) {
      assert.equal(stateFolder({ HOME }), join(homedir, ".local/state/hardened"));
      assert.equal(cacheRoot({ HOME }), join(homedir, ".cache/hardened"));
    }
    const script = `console.log(require(${JSON.stringify(join(root, "policy/own-folders.ts"))}).stateFolder())`;
    const register = join(root, "bin/register.js");
    for (const HOME of ["", "home"]) {
      const options = { env: { PATH: process.env.PATH, HOME }, encoding: "utf8" } as const;
      const at = execFileSync(process.execPath, ["--no-warnings", "-r", register, "-e", script], options);
      assert.equal(at.trim(), join(homedir, ".local/state/hardened"));
    }
  });

  it("is of a cluster whose name can be one", () => {
    const before = process.env.HARDENED_CLUSTER;
    try {
      for (const [value, name] of [
        ["two", "two"],
        ["", "hardened"],
      ] as const) {
        process.env.HARDENED_CLUSTER = value;
        assert.equal(clusterName(), name);
      }
      process.env.HARDENED_CLUSTER = "../../etc";
      assert.throws(() => clusterName(), { name: "UserError" });
    } finally {
      if (before === undefined) delete process.env.HARDENED_CLUSTER;
      else process.env.HARDENED_CLUSTER = before;
    }
  });
});
