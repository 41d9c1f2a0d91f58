import { strict as assert } from "node:assert";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheRoot } from "../../policy/own-folders";
import { run } from "../support/run";
import { root } from "../support/tree";

const hardened = join(root, "bin", "hardened");
/** What reads files alone. */
const commands = {
  check: ["check", "prod"],
  render: ["render", "--stack", "prod"],
  review: ["review", "--stacks", "prod", "--base", "HEAD"],
};
const sayings: Record<keyof typeof commands, RegExp> = {
  check: /0 mandatory/,
  render: /^kind: Deployment$/m,
  review: /prod/,
};

/** In a user and mount namespace of its own, with what the shell mounts there. */
const where = (mounts: string, ...command: string[]): [string, string[]] => [
  "unshare",
  ["--map-root-user", "--mount", "sh", "-c", `${mounts}; exec "$@"`, "sh", ...command],
];

/** Runners of CI: a home nobody may write to, no temporary folder, a first process that takes in no orphans. */
describe("on a bare machine", function () {
  this.timeout(300_000);
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), "hardened-home-"));
  });
  after(() => rmSync(home, { recursive: true, force: true }));
  const readOnly = 'mount --bind "$HOME" "$HOME" && mount -o remount,bind,ro "$HOME"';

  for (const [name, args] of Object.entries(commands) as [keyof typeof commands, string[]][]) {
    it(`${name} works with a home that cannot be written`, async () => {
      const [command, rest] = where(readOnly, hardened, ...args);
      const { code, text } = await run(command, rest, { env: { ...clean(), HOME: home } });
      assert.equal(code, 0, text);
      assert.match(text, sayings[name]);
      assert.deepEqual(readdirSync(home), []);
    });
  }

  it("env says in one sentence why it cannot, at once, also below /proc", async () => {
    const [command, rest] = where(readOnly, hardened, "env");
    const refused = await run(command, rest, { env: { ...clean(), HOME: home } });
    assert.equal(refused.code, 1);
    assert.match(
      refused.text,
      /^\S+, which keeps Pulumi's state, cannot be made: the disk is read-only; set XDG_STATE_HOME .*\n$/,
    );
    const nowhere = await run(hardened, ["env"], { env: { ...clean(), HOME: "/proc" }, timeoutMs: 30_000 });
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.text, /^\S+, which keeps Pulumi's state, cannot be made: .*\n$/);
  });

  it("check and render need no temporary folder; review says in one sentence that it does", async () => {
    const env = { ...clean(), TMPDIR: join(home, "none") };
    for (const name of ["check", "render"] as const) {
      const { code, text } = await run(hardened, commands[name], { env });
      assert.equal(code, 0, text);
      assert.match(text, sayings[name]);
    }
    const { code, text } = await run(hardened, commands.review, { env });
    assert.equal(code, 2);
    assert.match(text, /^no temporary folder can be made in \S+: there is no such file; set TMPDIR .*\n$/);
  });

  it("check and render need no room on the disk; review and env say in one sentence that they do", async () => {
    // One block for the home and the temporary folder, which another file fills; it is gone with its mount namespace.
    const full =
      'mount -t tmpfs -o size=4k,mode=700 none "$HOME" && mkdir "$HOME/tmp" && head -c 4096 /dev/zero > "$HOME/other"';
    const env = { ...clean(), HOME: home, TMPDIR: join(home, "tmp") };
    const hardenedOn = (...args: string[]) => {
      const [command, rest] = where(full, hardened, ...args);
      return run(command, rest, { env });
    };
    for (const name of ["check", "render"] as const) {
      const { code, text } = await hardenedOn(...commands[name]);
      assert.equal(code, 0, text);
      assert.match(text, sayings[name]);
    }
    const review = await hardenedOn(...commands.review);
    assert.equal(review.code, 2, review.text);
    assert.match(
      review.text,
      /^the files of the base cannot be written to \S+: .*; set TMPDIR to a folder with room for a checkout\n$/,
    );
    const passphrase = await hardenedOn("env");
    assert.equal(passphrase.code, 1, passphrase.text);
    assert.match(passphrase.text, /^\S+\/passphrase cannot be written: the disk is full\n$/);
    assert.deepEqual(readdirSync(home), []);
  });

  it("check leaves no process behind for the first one to reap", async () => {
    const script = `
      const { spawnSync } = require("node:child_process");
      const { readdirSync, readFileSync } = require("node:fs");
      const { status } = spawnSync(process.argv[1], ["check", "test/policy/fixtures/charts/good", "-n", "web"], { stdio: ["ignore", "ignore", "inherit"] });
      const others = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name) && name !== "1");
      console.log(JSON.stringify({ status, left: others.map((pid) => readFileSync("/proc/" + pid + "/stat", "utf8").split(" ").slice(1, 3).join(" ")) }));`;
    const args = ["--map-root-user", "--pid", "--fork", "--mount-proc", process.execPath, "-e", script, hardened];
    const { text } = await run("unshare", args, { env: clean() });
    const { status, left } = JSON.parse(text.trim().split("\n").at(-1) ?? "") as { status: number; left: string[] };
    assert.ok(status === 0 || status === 1, text);
    assert.deepEqual(left, []);
  });
});

/** Variables of a shell in which nothing of this project is set but where its tools are. */
const clean = (): NodeJS.ProcessEnv => {
  const {
    XDG_STATE_HOME: _s,
    XDG_CACHE_HOME: _c,
    PULUMI_BACKEND_URL: _b,
    PULUMI_CONFIG_PASSPHRASE_FILE: _p,
    ...rest
  } = process.env;
  return { ...rest, HARDENED_CACHE: cacheRoot() };
};
