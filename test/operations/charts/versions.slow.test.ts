import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../support/run";
import { type ScratchCheckout, scratchCheckout } from "../../support/scratch-checkout";

describe("[FL-96] chart versions: against a base", function () {
  this.timeout(120_000);
  let checkout: ScratchCheckout;
  before(() => {
    checkout = scratchCheckout();
  });
  after(() => rmSync(checkout.root, { recursive: true, force: true }));

  const versions = (base = "HEAD") =>
    run(join(checkout.root, "bin/hardened"), ["chart", "versions", "--base", base], { cwd: checkout.root });
  const commit = (): void => {
    checkout.git("commit", "--all", "--quiet", "--no-gpg-sign", "--message=change");
  };

  it("nothing changed", async () => {
    const { code, stdout } = await versions();
    assert.deepEqual([code, stdout.trim()], [0, "no chart changed since HEAD"]);
  });

  it("refuses a changed template with the version it had, then passes with a higher one", async () => {
    checkout.edit("charts/mailroom/values.yaml", (text) => `${text}# more\n`);
    commit();
    const refused = await versions("HEAD~1");
    assert.equal(refused.code, 1, refused.stderr);
    assert.equal(
      refused.stdout.trim(),
      "✖ mailroom: its package changed since HEAD~1, and its version is still 0.1.0; raise version in charts/mailroom/Chart.yaml",
    );
    checkout.edit("charts/mailroom/Chart.yaml", (text) => text.replace("version: 0.1.0", "version: 0.1.1"));
    const passed = await versions("HEAD~1");
    assert.deepEqual([passed.code, passed.stdout.trim()], [0, "✔ mailroom: 0.1.0 → 0.1.1"]);
  });

  it("says that there is no such commit", async () => {
    const { code, stderr } = await versions("origin/nowhere");
    assert.equal(code, 2);
    assert.match(stderr, /no commit "origin\/nowhere" here/);
  });
});
