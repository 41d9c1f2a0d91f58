import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programEnvironment } from "../../process/toolchain/locate";
import { run } from "../support/run";
import { type ScratchCheckout, scratchCheckout } from "../support/scratch-checkout";
import { textOf } from "../support/tree";

describe("the hook before a commit", function () {
  this.timeout(60_000);
  let checkout: ScratchCheckout;
  before(() => {
    checkout = scratchCheckout();
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: { hooks: string } };
    execFileSync("sh", ["-c", scripts.hooks], { cwd: checkout.root });
  });
  after(() => rmSync(checkout.root, { recursive: true, force: true }));

  /** Commits everything that differs; a commit that is refused is taken back. */
  const commit = async (message: string) => {
    checkout.git("add", "--all");
    const author = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
    const ended = await run("git", [...author, "commit", "--message", message], {
      cwd: checkout.root,
      env: programEnvironment(),
    });
    if (ended.code !== 0) checkout.git("reset", "--quiet", "--hard");
    return ended;
  };

  it("[MR-07] takes what is formatted, and charts that lint", async () => {
    writeFileSync(join(checkout.root, "components/more.ts"), "export const more = 1;\n");
    checkout.edit("charts/mailroom/Chart.yaml", (text) => `${text}# more\n`);
    const { code, text } = await commit("good");
    assert.equal(code, 0, text);
  });

  it("refuses what is not formatted or does not lint, and names the file", async () => {
    for (const [source, said] of [
      ["export const   more = 1\n", /more\.ts format/],
      ["export function more() { debugger; }\n", /noDebugger/],
    ] as const) {
      writeFileSync(join(checkout.root, "components/more.ts"), source);
      const { code, text } = await commit("bad");
      assert.notEqual(code, 0, text);
      assert.match(text, said);
    }
  });

  it("[FL-94] [MR-07] refuses a chart that does not lint, and no other chart is asked", async () => {
    writeFileSync(join(checkout.root, "charts/mailroom/templates/broken.yaml"), "{{ include .Values }}\n");
    const { code, text } = await commit("broken");
    assert.notEqual(code, 0);
    assert.match(text, /charts\/mailroom\b[\s\S]*broken\.yaml/);
    assert.doesNotMatch(text, /charts\/trevor/);
  });
});
