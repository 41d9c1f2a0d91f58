import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSignaturePolicy, type SignaturePolicy } from "../../../policy/signatures/signature-policy";
import { type ImageVerdict, verifyImage } from "../../../policy/signatures/verify-image";
import { sha256 } from "../../support/registry/cosign";
import {
  bundleOf,
  entryAnnotation,
  hashedRekord,
  signature,
  signedAnnotations,
  simpleSigning,
  statement,
} from "../../support/registry/cosign-signature";
import { CraftedRegistry } from "../../support/registry/crafted-registry";

const digest = sha256("an image");
const other = sha256("another image");
const pem = ({ publicKey }: { publicKey: KeyObject }): string =>
  publicKey.export({ type: "spki", format: "pem" }).toString();

describe("verifyImage", () => {
  const registry = new CraftedRegistry();
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = pair.privateKey;
  let folder: string;

  before(() => registry.start());
  after(() => registry.close());
  beforeEach(() => {
    registry.clear();
    folder = mkdtempSync(join(tmpdir(), "verified-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const policy = (settings: object = { keys: [pem(pair)] }, more: object = {}): SignaturePolicy =>
    readSignaturePolicy({ images: { [`${registry.host}/**`]: settings }, ...more }, "signatures", "/")
      .policy as SignaturePolicy;
  const ask = (by = policy(), image = `app@${digest}`): Promise<ImageVerdict> =>
    verifyImage(`${registry.host}/${image}`, by, { cache: folder });
  const refused = async (said: string): Promise<void> => {
    const { outcome, reason } = await ask();
    assert.deepEqual([outcome, reason], ["refused", `has no signature that counts: ${said}`]);
    assert.deepEqual(readdirSync(folder), [], "only good news is kept");
  };

  it("verifies a bundle by the referrers API with three requests, and again with none", async () => {
    registry.bundles("app", digest, [bundleOf(statement(digest), key)]);
    const first = await ask();
    assert.deepEqual([first.outcome, first.requests, registry.asked.length], ["verified", 3, 3]);
    const again = await ask();
    assert.deepEqual([again.outcome, again.requests, registry.asked.length], ["verified", 0, 3]);
    assert.equal(again.signer, first.signer);
  });

  it("asks again when the keys have changed", async () => {
    registry.bundles("app", digest, [bundleOf(statement(digest), key)]);
    await ask();
    assert.equal((await ask(policy({ keys: [pem(stranger)] }))).outcome, "refused");
  });

  it("verifies a legacy signature where the registry has the referrers API and nothing there, with three requests", async () => {
    registry.bundles("app", digest, []);
    const payload = simpleSigning(digest);
    registry.legacy("app", digest, [{ payload, annotations: signedAnnotations(payload, key) }]);
    const { outcome, requests } = await ask();
    assert.deepEqual([outcome, requests], ["verified", 3]);
  });

  for (const type of ["application/vnd.oci.empty.v1+json", null]) {
    it(`finds a bundle with the artifact type ${type}, as some tools write it`, async () => {
      registry.bundles("app", digest, [bundleOf(statement(digest), key)], type);
      assert.equal((await ask()).outcome, "verified");
    });
  }

  it("finds the good bundle among bad ones", async () => {
    const bad = ["no JSON", {}, bundleOf(statement(other), key), bundleOf(statement(digest), stranger.privateKey)];
    registry.bundles("app", digest, [...bad, bundleOf(statement(digest), key)]);
    assert.equal((await ask()).outcome, "verified");
  });

  it("names every reason once when there is none", async () => {
    registry.bundles("app", digest, ["no JSON", {}, bundleOf(statement(other), key), bundleOf(statement(other), key)]);
    await refused("a bundle is not JSON; a bundle is malformed; it is a signature of another digest");
  });

  const bundles: [string, () => unknown, string][] = [
    ["by another key", () => bundleOf(statement(digest), stranger.privateKey), "no key of the policy made it"],
    [
      "that attests something else",
      () => bundleOf(statement(digest, "https://slsa.dev/provenance/v1"), key),
      'it is an attestation ("https://slsa.dev/provenance/v1"), no signature',
    ],
    ["whose content is no statement", () => bundleOf('{"a":1}', key), "it is no statement about an image"],
    ["whose content is not JSON", () => bundleOf("text", key), "it is no statement about an image"],
    [
      "whose statement was exchanged after signing",
      () => {
        const { dsseEnvelope, ...rest } = bundleOf(statement(other), key);
        return {
          ...rest,
          dsseEnvelope: { ...(dsseEnvelope as object), payload: Buffer.from(statement(digest)).toString("base64") },
        };
      },
      "no key of the policy made it",
    ],
    [
      "that signs a file",
      () => ({
        mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        verificationMaterial: { publicKey: { hint: "" } },
        messageSignature: { messageDigest: { algorithm: "SHA2_256", digest: "AAAA" }, signature: "AAAA" },
      }),
      "a bundle signs a file, not an image",
    ],
    [
      "with a certificate where the policy wants a key",
      () => bundleOf(statement(digest), key, { certificate: { rawBytes: "AAAA" } }),
      "it was made with a certificate, and the policy wants a key",
    ],
  ];
  for (const [what, make, said] of bundles) {
    it(`refuses a bundle ${what}`, async () => {
      registry.bundles("app", digest, [make()]);
      await refused(said);
    });
  }

  const good = simpleSigning(digest);
  const payloads: [string, string, string, string][] = [
    ["of another digest", simpleSigning(other), simpleSigning(other), "it is a signature of another digest"],
    ["whose payload was exchanged", good, simpleSigning(other), "no key of the policy made it"],
    ["with a space more than was signed", `${good} `, good, "no key of the policy made it"],
    [
      "about something else",
      simpleSigning(digest, "atomic container signature"),
      simpleSigning(digest, "atomic container signature"),
      "its payload is not about an image",
    ],
    ["whose payload is not JSON", "{", "{", "its payload is not JSON"],
  ];
  for (const [what, sent, signed, said] of payloads) {
    it(`refuses a legacy signature ${what}`, async () => {
      registry.legacy("app", digest, [{ payload: sent, annotations: signedAnnotations(signed, key) }]);
      await refused(said);
    });
  }

  it("refuses a layer without a signature", async () => {
    registry.legacy("app", digest, [{ payload: good, annotations: {} }]);
    await refused("the signature is missing");
  });

  it("refuses by key a signature whose log entry is about something else (GHSA-whqx-f9j3-ch6m)", async () => {
    const made = signature(Buffer.from(good), key);
    const annotations = { "dev.cosignproject.cosign/signature": made.toString("base64") };
    const serve = (entry: object): void =>
      registry.legacy("app", digest, [{ payload: good, annotations: { ...annotations, ...entryAnnotation(entry) } }]);
    serve(hashedRekord(simpleSigning(other), made, pem(pair)));
    await refused("the log entry is about other content");
    serve(hashedRekord(good, Buffer.from("x"), pem(pair)));
    await refused("the log entry is about another signature");
    serve(hashedRekord(good, made, pem(stranger)));
    await refused("the log entry is about another key or certificate");
    serve(hashedRekord(good, made, pem(pair)));
    assert.equal((await ask()).outcome, "verified");
  });

  it("refuses what is no image, what no pattern names, and what is named by tag, without asking anybody", async () => {
    const cases: [string, RegExp][] = [
      ["App", /is no image name/],
      ["app:1.0", /is not named by a sha256 digest/],
      [`app@sha512:${"a".repeat(128)}`, /is not named by a sha256 digest/],
    ];
    for (const [image, said] of cases) {
      const { outcome, reason, offline } = await ask(policy({ keys: [pem(pair)], offline: "warn" }), image);
      assert.deepEqual([outcome, offline], ["refused", "fail"], image);
      assert.match(reason, said);
    }
    const { outcome, reason } = await verifyImage(`elsewhere.test/app@${digest}`, policy(), { cache: folder });
    assert.deepEqual([outcome, reason], ["refused", "no pattern of the image policy names it"]);
    assert.deepEqual(registry.asked, []);
  });

  it("asks for no signature where the settings say so, with the reason", async () => {
    const { outcome, reason } = await ask(policy({ unsigned: "built on this machine" }), "app:1.0");
    assert.deepEqual([outcome, reason], ["verified", "needs no signature: built on this machine"]);
  });

  it("is refused when there are more signatures than anybody should look at", async () => {
    registry.bundles(
      "app",
      digest,
      Array.from({ length: 40 }, (_, at) => bundleOf(statement(sha256(`${at}`)), key)),
    );
    const { outcome, reason } = await ask();
    assert.deepEqual(
      [outcome, reason],
      ["refused", "more than 24 requests were needed: there are too many signatures"],
    );
    assert.equal(registry.asked.length, 24);
  });
});
