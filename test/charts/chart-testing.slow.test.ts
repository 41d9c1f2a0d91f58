import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { programEnvironment } from "../../process/toolchain/locate";
import { built } from "../support/go-program";
import { type Result, run } from "../support/run";
import { type ScratchCheckout, scratchCheckout } from "../support/scratch-checkout";

/** chart-testing of the Helm project, with the configuration of this one. */
describe("[FL-96] chart-testing: ct lint", function () {
  this.timeout(300_000);
  let checkout: ScratchCheckout;
  let program: string;

  before(async () => {
    program = await built(join(__dirname, "chart-testing"));
    checkout = scratchCheckout();
    checkout.git("remote", "add", "origin", checkout.root);
    checkout.git("fetch", "--quiet", "origin", "main");
  });
  after(() => rmSync(checkout?.root ?? "", { recursive: true, force: true }));

  const lint = (...args: string[]): Promise<Result> =>
    run(program, ["lint", "--config", "ct.yaml", ...args], {
      cwd: checkout.root,
      env: programEnvironment(process.env),
    });

  it("every chart passes", async () => {
    const { code, text } = await lint("--all");
    assert.equal(code, 0, text);
    assert.match(text, /All charts linted successfully/);
  });

  it("a changed chart with the version it had is refused by its name, and passes with a higher one", async () => {
    checkout.git("checkout", "--quiet", "-b", "change");
    checkout.edit("charts/mailroom/values.yaml", (text) => `${text}# more\n`);
    checkout.git("commit", "--all", "--quiet", "--no-gpg-sign", "--message=change");
    const refused = await lint();
    assert.notEqual(refused.code, 0, refused.text);
    assert.match(refused.text, /mailroom => \(version: "0\.1\.0".* > chart version not ok\. Needs a version bump!/);
    checkout.edit("charts/mailroom/Chart.yaml", (text) => text.replace("version: 0.1.0", "version: 0.1.1"));
    checkout.git("commit", "--all", "--quiet", "--no-gpg-sign", "--message=version");
    const { code, text } = await lint();
    assert.equal(code, 0, text);
  });
});
