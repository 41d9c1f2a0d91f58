import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Base } from "../../../operations/validation/review-base";
import { root } from "../../support/tree";

describe("review-base: the files of the commit a change is compared with", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "review-base-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("are laid out whole, and taken away again", () => {
    const base = Base.layOut("HEAD");
    assert.ok(existsSync(join(base.tree, "bin/hardened")));
    base.remove();
    assert.ok(!existsSync(base.tree));
  });

  it("on a full disk: one sentence with the way out, and nothing is left", () => {
    const layOut = `try { require(${JSON.stringify(join(root, "operations/validation/review-base.ts"))}).Base.layOut("HEAD"); }
      catch ({ name, exitCode, message }) { console.log(JSON.stringify({ name, exitCode, message })); }`;
    const program = [process.execPath, "--no-warnings", "-r", join(root, "bin/register.js"), "-e", layOut];
    // A disk of little room, gone with its mount namespace: the folders can be made, the files cannot.
    const script = 'mount -t tmpfs -o size=64k none "$TMPDIR" && "$@" && ls "$TMPDIR"';
    const said = execFileSync("unshare", ["--mount", "--map-root-user", "sh", "-c", script, "sh", ...program], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: folder },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [first = "", ...left] = said.trim().split("\n");
    const { name, exitCode, message } = JSON.parse(first) as Record<string, string>;
    assert.deepEqual([name, exitCode, left], ["UserError", 2, []]);
    assert.match(
      message ?? "",
      /^the files of the base cannot be written to \S+\/tree: .+; set TMPDIR to a folder with room for a checkout$/,
    );
    assert.ok(!message?.includes("\n"));
    assert.deepEqual(readdirSync(folder), []);
  });
});
