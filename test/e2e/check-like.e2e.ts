import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { programEnvironment } from "../../process/toolchain/locate";
import { SigningBench } from "../support/registry/cosign";
import { run } from "../support/run";
import { type ScratchCheckout, scratchCheckout } from "../support/scratch-checkout";

describe("hardened check --like a stack that wants signatures, made by cosign and kept in a registry", function () {
  this.timeout(120_000);
  const bench = new SigningBench();
  let scratch: ScratchCheckout;
  let signed: string;
  let unsigned: string;
  let byOther: string;

  before(async () => {
    scratch = scratchCheckout();
    await bench.start();
    await Promise.all([bench.keyPair("release"), bench.keyPair("other")]);
    mkdirSync(join(scratch.root, "keys"));
    copyFileSync(join(bench.folder, "release.pub"), join(scratch.root, "keys", "release.pub"));
    for (const [stack, offline] of [
      ["strict", "fail"],
      ["lenient", "warn"],
    ]) {
      const images = { [`${bench.registry}/**`]: { keys: ["keys/release.pub"], offline } };
      const config = { "hardened:environment": "prod", "hardened:imageSignatures": { images } };
      writeFileSync(join(scratch.root, `Pulumi.${stack}.yaml`), dump({ config }));
    }
    signed = await bench.image("web", "signed");
    unsigned = await bench.image("web", "unsigned");
    byOther = await bench.image("web", "by another");
    await bench.sign(signed, "release", "bundle");
    await bench.sign(byOther, "other", "legacy");
  });
  after(async () => {
    await bench.close();
    if (scratch) rmSync(scratch.root, { recursive: true, force: true });
  });

  const pod = (image: string) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "shop" },
    spec: { containers: [{ name: "web", image }] },
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(scratch.root, name), text);
    return name;
  };
  /** Findings about signatures; nothing that was verified before is remembered. */
  async function signatureFindings(target: string, like: string, more: readonly string[] = []) {
    const HARDENED_CACHE = mkdtempSync(join(bench.folder, "cache-"));
    const args = ["check", target, "--like", like, "--format", "json", ...more];
    const { code, stdout, text } = await run(join(scratch.root, "bin/hardened"), args, {
      cwd: scratch.root,
      env: { ...programEnvironment(), HARDENED_CACHE },
    });
    assert.ok(code === 0 || code === 1, text);
    type Found = { rule: string; enforcement: string; outcome: string; complaint: string };
    const found = (JSON.parse(stdout) as { findings: Found[] }).findings;
    return found
      .filter(({ rule }) => rule.startsWith("image-signature"))
      .map(({ rule, enforcement, outcome, complaint }) => ({ rule: `${enforcement} ${rule} ${outcome}`, complaint }));
  }
  const ofManifest = (image: string, like = "strict") =>
    signatureFindings(file("pod.json", JSON.stringify(pod(image))), like);

  it("takes a signed image in a manifest, and refuses one nobody or somebody else has signed", async () => {
    assert.deepEqual(await ofManifest(signed), []);
    for (const [image, said] of [
      [unsigned, /registry .* has no signature of it/],
      [byOther, /no key of the policy made it/],
      ["elsewhere.test/web:1", /no pattern of the image policy names it/],
    ] as const) {
      const [one, ...more] = await ofManifest(image);
      assert.deepEqual(more, []);
      assert.equal(one?.rule, "mandatory image-signature fail", image);
      assert.match(one?.complaint ?? "", said);
    }
  });

  it("asks the same about a chart with values and about a state", async () => {
    const chart = join(__dirname, "../policy/fixtures/charts/good");
    const rulesOf = (found: readonly { rule: string }[]) => found.map(({ rule }) => rule);
    for (const [image, expected] of [
      [signed, []],
      [unsigned, ["mandatory image-signature fail"]],
    ] as const) {
      const values = file("values.yaml", dump({ image }));
      assert.deepEqual(rulesOf(await signatureFindings(chart, "strict", ["--values", values])), expected);
      const { apiVersion: _, kind: __, ...inputs } = pod(image);
      const type = "kubernetes:core/v1:Pod";
      const resources = [{ urn: `urn:pulumi:s::p::${type}::web`, type, inputs }];
      const state = file("state.json", JSON.stringify({ version: 3, deployment: { resources } }));
      assert.deepEqual(rulesOf(await signatureFindings(state, "strict")), expected);
    }
  });

  it("asks nobody without --like", async () => {
    const path = file("pod.json", JSON.stringify(pod(unsigned)));
    const { stdout } = await run(join(scratch.root, "bin/hardened"), ["check", path], { cwd: scratch.root });
    assert.match(stdout, /Pod shop\/web/);
    assert.doesNotMatch(stdout, /image-signature/);
  });

  it("cannot tell while the registry is down: the stack says whether that fails", async () => {
    await bench.stop();
    try {
      const [strict] = await ofManifest(signed);
      assert.equal(strict?.rule, "mandatory image-signature undetermined");
      assert.match(strict?.complaint ?? "", /does not answer \(ECONNREFUSED\)/);
      const [lenient] = await ofManifest(signed, "lenient");
      assert.match(lenient?.rule ?? "", /^advisory image-signature-unchecked /);
    } finally {
      await bench.start();
    }
  });

  it("stops at a mistake in the stack's settings instead of evaluating without them", async () => {
    scratch.edit("Pulumi.strict.yaml", (text) => text.replace("keys/release.pub", "keys/relaese.pub"));
    const path = file("pod.json", JSON.stringify(pod(signed)));
    const { code, stderr } = await run(join(scratch.root, "bin/hardened"), ["check", path, "--like", "strict"], {
      cwd: scratch.root,
    });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^Pulumi\.strict\.yaml:\n {2}hardened:imageSignatures.*keys\[0\] names a file that cannot be read/m,
    );
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
});
