import assert from "node:assert/strict";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { runHelm } from "../../cluster/run-helm";
import { readMatrix } from "../../operations/charts/matrix";
import { templateArguments } from "../../operations/charts/render-matrix";
import { ensureToolchain } from "../../process/toolchain/ensure";
import { toolPath } from "../../process/toolchain/locate";
import { root } from "../support/tree";

/** Helm 4 beside the Helm 3 that everything else runs: the same objects of every combination of the matrix of values. */
describe("Helm 4", function () {
  this.timeout(1_800_000);
  let helm: Readonly<Record<"three" | "four", string>>;
  const given = process.env.HELM_BIN;
  before(async () => {
    await ensureToolchain(() => undefined, ["helm", "helm4"]);
    helm = { three: process.env.HELM_BIN ?? toolPath("helm"), four: toolPath("helm4") };
  });
  after(() => {
    if (given === undefined) delete process.env.HELM_BIN;
    else process.env.HELM_BIN = given;
  });

  const by = (which: "three" | "four", args: readonly string[], values: unknown = {}) => {
    process.env.HELM_BIN = helm[which];
    return runHelm(args, JSON.stringify(values), { timeoutMs: 120_000 });
  };

  /** Objects by kind and name, each as it is: their order is not part of it. */
  const objectsOf = (text: string): Record<string, unknown> => {
    const all = loadAll(text).filter((one) => one !== null) as { kind: string; metadata: Record<string, string> }[];
    const named = all.map((one) => [`${one.kind} ${one.metadata.namespace ?? ""}/${one.metadata.name}`, one] as const);
    assert.equal(new Map(named).size, all.length, "an object twice");
    assert.ok(all.length > 0, "no object");
    return Object.fromEntries(named);
  };

  it("[ZN-75] is Helm 4.3.2 from its module", async () => {
    assert.match((await by("three", ["version", "--short"])).stdout, /^v3\./);
    assert.match((await by("four", ["version", "--short"])).stdout, /^v4\.3\.2/);
  });

  it("[ZN-75] [ZN-60] renders the same objects as Helm 3, in at least 40 combinations", async () => {
    const all = await readMatrix(join(root, "charts/zen-agent/scripts/ci/matrix.yaml"));
    const different: string[] = [];
    for (const one of all) {
      const [three, four] = [
        await by("three", templateArguments(one), one.values),
        await by("four", templateArguments(one), one.values),
      ];
      assert.deepEqual([three.code, four.code], [0, 0], `${one.name}: ${three.stderr}${four.stderr}`);
      try {
        assert.deepEqual(objectsOf(four.stdout), objectsOf(three.stdout));
      } catch (error) {
        different.push(`${one.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    assert.deepEqual(different, []);
    assert.ok(all.length >= 40);
    console.log(`    ${all.length} combinations, each rendered by Helm 3 and Helm 4`);
  });

  it("[ZN-75] refuses the same values, in the same words", async () => {
    const [one] = await readMatrix(join(root, "charts/zen-agent/scripts/ci/profiles.yaml"));
    assert.ok(one);
    const wrong = { ...one.values, profile: "production" };
    const said = async (which: "three" | "four"): Promise<string> => {
      const { code, stderr } = await by(which, templateArguments(one), wrong);
      assert.notEqual(code, 0);
      return stderr;
    };
    for (const words of [await said("three"), await said("four")]) assert.match(words, /profile/);
  });
});
