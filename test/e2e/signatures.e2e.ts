import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { evaluateResource } from "../../policy/evaluate/evaluate-resource";
import { packConfig } from "../../policy/evaluate/pack-config";
import { readSignaturePolicy, type SignaturePolicy } from "../../policy/signatures/signature-policy";
import { type ImageVerdict, verifyImage } from "../../policy/signatures/verify-image";
import { verifyImages } from "../../policy/signatures/verify-images";
import { SigningBench } from "../support/registry/cosign";
import { type Authority, authority, identityToken } from "../support/registry/cosign-authority";

const issuer = "https://issuer.test";
const identity = "https://ci.test/release";

describe("image signatures, made by cosign and kept in a registry", () => {
  const bench = new SigningBench();
  let trusted: Authority;
  let strangers: Authority;

  before(async () => {
    await bench.start();
    await Promise.all([bench.keyPair("release"), bench.keyPair("other")]);
    trusted = await authority();
    strangers = await authority();
    for (const [name, one] of Object.entries({ trusted, strangers })) {
      writeFileSync(join(bench.folder, `${name}-root.json`), JSON.stringify(one.trustedRoot));
      writeFileSync(join(bench.folder, `${name}-config.json`), JSON.stringify(one.signingConfig));
    }
    writeFileSync(join(bench.folder, "token"), identityToken(issuer, identity), { mode: 0o600 });
  });
  after(async () => {
    trusted?.close();
    strangers?.close();
    await bench.close();
  });

  const policy = (settings: object, more: object = {}): SignaturePolicy => {
    const read = readSignaturePolicy(
      { images: { [`${bench.registry}/**`]: settings }, ...more },
      "signatures",
      bench.folder,
    );
    assert.deepEqual(read.mistakes, []);
    return read.policy as SignaturePolicy;
  };
  const byRelease = (): SignaturePolicy => policy({ keys: ["release.pub"] });
  const byPipeline = (who: object = { issuer, identity }): SignaturePolicy =>
    policy({ keyless: { ...who, trustRoot: "trusted-root.json" } });
  /** Nothing is remembered from one question to the next. */
  const ask = (image: string, by: SignaturePolicy): Promise<ImageVerdict> =>
    verifyImage(image, by, { cache: mkdtempSync(join(bench.folder, "cache-")) });
  const signKeyless = (image: string, name: string, at: Authority, layout: "bundle" | "legacy"): Promise<unknown> => {
    const where =
      layout === "bundle"
        ? ["--signing-config", `${name}-config.json`]
        : ["--new-bundle-format=false", "--use-signing-config=false", "--fulcio-url", at.url, "--rekor-url", at.url];
    return bench.cosign(
      "sign",
      "--yes",
      "--identity-token",
      "token",
      "--trusted-root",
      `${name}-root.json`,
      ...where,
      image,
    );
  };

  for (const layout of ["bundle", "legacy"] as const) {
    describe(`in the ${layout} layout`, () => {
      let image: string;
      before(async () => {
        image = await bench.image(`app/${layout}`);
        await bench.sign(image, "release", layout);
      });

      it("are verified by key, with four requests: one finds out that this registry has no referrers API", async () => {
        const { outcome, signer, requests } = await ask(image, byRelease());
        assert.equal(outcome, "verified");
        assert.match(signer ?? "", /^key sha256:[a-f0-9]{64}$/);
        assert.equal(requests, 4);
      });

      it("take three requests an image once the registry is known, and none when remembered", async () => {
        const second = await bench.image(`app/${layout}`, "second");
        await bench.sign(second, "release", layout);
        const cache = mkdtempSync(join(bench.folder, "cache-"));
        const by = byRelease();
        assert.equal((await verifyImages([image], by, { cache })).get(image)?.requests, 4);
        assert.equal((await verifyImages([second], by, { cache })).get(second)?.requests, 3);
        assert.equal((await verifyImages([second], by, { cache })).get(second)?.requests, 0);
      });

      it("are evaluated as cosign evaluates them", async () => {
        for (const key of ["release", "other"]) {
          const { outcome } = await ask(image, policy({ keys: [`${key}.pub`] }));
          assert.equal(outcome === "verified", await bench.verify(image, key, layout), key);
        }
      });

      it("are refused when another key made them", async () => {
        const { outcome, reason } = await ask(image, policy({ keys: ["other.pub"] }));
        assert.deepEqual([outcome, reason], ["refused", "has no signature that counts: no key of the policy made it"]);
      });

      it("count when one of several keys made them", async () => {
        assert.equal((await ask(image, policy({ keys: ["other.pub", "release.pub"] }))).outcome, "verified");
      });

      it("are refused when they were moved over from another image", async () => {
        const victim = await bench.image(`app/${layout}`, "malicious");
        const [from, to] = [image, victim].map((name) => (name.split("@")[1] ?? "").replace(":", "-"));
        const suffix = layout === "legacy" ? ".sig" : "";
        const stolen = JSON.parse((await bench.read(`app/${layout}`, `${from}${suffix}`)).toString());
        await bench.manifest(`app/${layout}`, stolen, `${to}${suffix}`);
        const { outcome, reason } = await ask(victim, byRelease());
        assert.deepEqual(
          [outcome, reason],
          ["refused", "has no signature that counts: it is a signature of another digest"],
        );
      });

      it("cover an index of platforms by the index's digest, and not the images in it", async () => {
        const images = await Promise.all(["amd64", "arm64"].map((one) => bench.image(`multi/${layout}`, one)));
        const index = await bench.index(`multi/${layout}`, images);
        await bench.sign(index, "release", layout);
        assert.equal((await ask(index, byRelease())).outcome, "verified");
        assert.equal((await ask(String(images[0]), byRelease())).outcome, "refused");
      });

      it("cover each image of an index when it was signed recursively", async () => {
        const images = await Promise.all(["amd64", "arm64"].map((one) => bench.image(`deep/${layout}`, one)));
        const index = await bench.index(`deep/${layout}`, images);
        await bench.sign(index, "release", layout, "--recursive");
        for (const one of [index, ...images]) assert.equal((await ask(one, byRelease())).outcome, "verified");
      });

      it("are verified keyless by identity and issuer against a trust root in a file", async () => {
        const own = await bench.image(`keyless/${layout}`);
        await signKeyless(own, "trusted", trusted, layout);
        const { outcome, signer } = await ask(own, byPipeline());
        assert.deepEqual([outcome, signer], ["verified", `${identity} (${issuer})`]);
        const pattern = { issuer, identity: { pattern: "https://ci\\.test/[a-z]+" } };
        assert.equal((await ask(own, byPipeline(pattern))).outcome, "verified");
        const cases: [object, RegExp][] = [
          [{ issuer, identity: "https://ci.test/other" }, /its signer is "https:\/\/ci.test\/release", not the one/],
          [{ issuer, identity: { pattern: "ci\\.test" } }, /its signer is/],
          [{ issuer: "https://elsewhere.test", identity }, /its issuer is "https:\/\/issuer.test", not the one/],
        ];
        for (const [who, said] of cases) {
          const verdict = await ask(own, byPipeline(who));
          assert.equal(verdict.outcome, "refused");
          assert.match(verdict.reason, said);
        }
      });

      it("are refused keyless when an authority outside the trust root vouches for them", async () => {
        const own = await bench.image(`strangers/${layout}`);
        await signKeyless(own, "strangers", strangers, layout);
        const { outcome, reason } = await ask(own, byPipeline());
        assert.equal(outcome, "refused");
        assert.match(reason, /the trust root does not vouch for it/);
      });
    });
  }

  for (const [kind, pair] of Object.entries({
    "ECDSA P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
    "RSA 3072": generateKeyPairSync("rsa", { modulusLength: 3072 }),
  })) {
    it(`are verified with a key of the kind ${kind}, in both layouts`, async () => {
      const name = kind.toLowerCase().replace(/\W/g, "-");
      const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" });
      writeFileSync(join(bench.folder, `${name}.pem`), pem, { mode: 0o600 });
      await bench.cosign("import-key-pair", "--key", `${name}.pem`, "--output-key-prefix", name);
      for (const layout of ["bundle", "legacy"] as const) {
        const image = await bench.image(`kinds/${name}-${layout}`);
        await bench.sign(image, name, layout);
        const { outcome, reason } = await ask(image, policy({ keys: [`${name}.pub`] }));
        assert.equal(outcome, "verified", `${layout}: ${reason}`);
      }
    });
  }

  it("are verified with an Ed25519 key where cosign does; what cosign 3.1 itself makes with one, neither accepts", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const write = (name: string, content: string | Buffer): void => writeFileSync(join(bench.folder, name), content);
    write("ed25519.pem", privateKey.export({ type: "pkcs8", format: "pem" }));
    write("ed25519.pub", publicKey.export({ type: "spki", format: "pem" }));
    const image = await bench.image("kinds/ed25519");
    const payload = (await bench.cosign("generate", image)).stdout;
    write("payload.json", payload);
    write("payload.sig", sign(null, Buffer.from(payload), privateKey).toString("base64"));
    await bench.cosign("attach", "signature", "--payload", "payload.json", "--signature", "payload.sig", image);
    assert.equal(await bench.verify(image, "ed25519", "legacy"), true);
    assert.equal((await ask(image, policy({ keys: ["ed25519.pub"] }))).outcome, "verified");

    const prehashed = await bench.image("kinds/ed25519-prehashed");
    await bench.cosign("import-key-pair", "--key", "ed25519.pem", "--output-key-prefix", "ed25519-cosign");
    await bench.sign(prehashed, "ed25519-cosign", "legacy");
    assert.equal(await bench.verify(prehashed, "ed25519", "legacy"), false);
    assert.equal((await ask(prehashed, policy({ keys: ["ed25519.pub"] }))).outcome, "refused");
  });

  it("are refused when there is none, or none that the registry knows", async () => {
    const image = await bench.image("app/unsigned");
    const { outcome, reason, requests } = await ask(image, byRelease());
    assert.deepEqual([outcome, reason], ["refused", `registry ${bench.registry} has no signature of it`]);
    assert.equal(requests, 3);
  });

  it("found in the second place count when the first is another's", async () => {
    const image = await bench.image("app/two");
    await bench.sign(image, "other", "legacy");
    await bench.sign(image, "release", "legacy");
    assert.equal((await ask(image, byRelease())).outcome, "verified");
  });

  it("are no attestations: what else the key has signed about the image does not count", async () => {
    const image = await bench.image("app/attested");
    writeFileSync(join(bench.folder, "scan.json"), '{"passed":false}');
    const offline = ["--tlog-upload=false", "--use-signing-config=false", "--yes"];
    await bench.cosign(
      "attest",
      "--key",
      "release.key",
      "--predicate",
      "scan.json",
      "--type",
      "custom",
      ...offline,
      image,
    );
    const { outcome, reason } = await ask(image, byRelease());
    assert.equal(outcome, "refused");
    assert.match(reason, /it is an attestation/);
  });

  it("decide whether a Helm release passes the policy pack, which looks inside the chart", async () => {
    const signed = await bench.image("release/web", "signed");
    await bench.sign(signed, "release", "bundle");
    const unsigned = await bench.image("release/web", "unsigned");
    const imageSignatures = { images: { [`${bench.registry}/**`]: { keys: ["release.pub"] } } };
    const config = packConfig(
      { "hardened:imageSignatures": JSON.stringify(imageSignatures) },
      "hardened",
      bench.folder,
    );
    const chart = join(__dirname, "../policy/fixtures/charts/good");
    const { HARDENED_CACHE } = process.env;
    process.env.HARDENED_CACHE = mkdtempSync(join(bench.folder, "cache-"));
    try {
      for (const [image, expected] of [
        [signed, []],
        [unsigned, ["image-signature"]],
      ] as const) {
        const release = { name: "web", namespace: "web", chart, values: { image } };
        const { findings, pods } = (await evaluateResource("kubernetes:helm.sh/v3:Release", release, config)).verdict;
        assert.ok(pods > 0);
        const about = findings.filter(({ rule }) => rule.startsWith("image-signature") || rule === "release-renders");
        assert.deepEqual(
          about.map(({ rule }) => rule),
          expected,
        );
      }
    } finally {
      if (HARDENED_CACHE === undefined) delete process.env.HARDENED_CACHE;
      else process.env.HARDENED_CACHE = HARDENED_CACHE;
    }
  });

  it("cannot be told from a registry that is down: undetermined, what was verified before stays known", async () => {
    const image = await bench.image("app/down");
    const other = await bench.image("app/down", "other");
    await bench.sign(image, "release", "bundle");
    const cache = mkdtempSync(join(bench.folder, "cache-"));
    assert.equal((await verifyImage(image, byRelease(), { cache })).outcome, "verified");
    await bench.stop();
    try {
      assert.equal((await verifyImage(image, byRelease(), { cache })).outcome, "verified");
      const { outcome, reason, offline } = await verifyImage(
        other,
        policy({ keys: ["release.pub"], offline: "warn" }),
        { cache },
      );
      assert.deepEqual([outcome, offline], ["undetermined", "warn"]);
      assert.equal(reason, `registry ${bench.registry} does not answer (ECONNREFUSED)`);
    } finally {
      await bench.start();
    }
  });
});
