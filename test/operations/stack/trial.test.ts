import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import { checkStackFile, enabledSystemNames, readStackFile } from "../../../operations/stack/stack-file";
import { evaluated, evaluatedNames, trialConfig } from "../../../operations/stack/trial";
import { renderStack } from "../../../operations/validation/render";
import { enabledSystems, systems } from "../../../systems/registry";
import { useHelm } from "../../policy/support/helm";

const uid = "3f1c2a5e-7b1d-4c53-9c1e-0d9a6a2f4b10";
const dev = readStackFile("dev").document.config ?? {};

describe("a system in a stack of its own", () => {
  let root = "";
  before(() => {
    useHelm();
    root = mkdtempSync(join(tmpdir(), "hardened-trial-"));
  });
  after(() => rmSync(root, { recursive: true }));

  const alone = ["floe", "zen"];

  for (const name of alone)
    it(`[ZN-48] ${name}: its file has no mistake, runs nothing else and renders`, async () => {
      writeFileSync(join(root, `Pulumi.trial-${name}.yaml`), dump({ config: trialConfig(name, uid, dev) }));
      const stack = checkStackFile(`trial-${name}`, root);
      assert.deepEqual(
        enabledSystems(stack).map(({ system }) => system.name),
        [name],
      );
      const namespaces = enabledSystems(stack).flatMap(({ system, config }) =>
        system.requires(config).map((one) => one.namespace),
      );
      const ofDev = enabledSystems(checkStackFile("dev")).flatMap(({ system, config }) =>
        system.requires(config).map((one) => one.namespace),
      );
      assert.deepEqual(
        namespaces.filter((one) => ofDev.includes(one)),
        [],
        "beside the stack dev on one cluster",
      );
      assert.ok((await renderStack(`trial-${name}`, root)).length >= 2);
    });

  it("says of its cluster and images what the stack dev says, and names the cluster where the system's environments do", () => {
    const [zen, floe] = [trialConfig("zen", uid, dev), trialConfig("floe", uid, dev)] as const;
    for (const key of ["environment", "imageLock", "policy", "imageSignatures"].map((one) => `hardened:${one}`)) {
      assert.notEqual(dev[key], undefined, key);
      assert.deepEqual([zen[key], floe[key]], [dev[key], dev[key]], key);
    }
    const { context } = dev["hardened:cluster"] as { context: string };
    assert.deepEqual(zen["hardened:cluster"], { context });
    assert.deepEqual(floe["hardened:cluster"], { name: "nonprod" });
    assert.deepEqual(floe["hardened:clusters"], { nonprod: { context, uid } });
  });

  it("is there for each system that the stack dev does not run", () => {
    const inDev = enabledSystemNames("dev");
    assert.deepEqual(
      evaluatedNames(),
      Object.keys(systems).filter((name) => !inDev.includes(name)),
    );
    assert.throws(
      () => evaluated("mailroom"),
      /^UserError: --system mailroom: the stack dev runs it; alone can run: floe, zen$/,
    );
    assert.throws(() => evaluated("flo"), /^UserError: --system flo: no such system; did you mean "floe"\?$/);
    assert.throws(() => evaluated("constructor"), /no such system/);
  });
});
