import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { initializeCA } from "@sigstore/mock";
import { verifyBundle } from "../../../policy/signatures/bundle";
import { verifyLegacy } from "../../../policy/signatures/legacy";
import type { ImagePolicy } from "../../../policy/signatures/signature-policy";
import type { SignatureVerdict } from "../../../policy/signatures/signature-verdict";
import { sha256 } from "../../support/registry/cosign";
import { type Authority, authority, keptEnvelope } from "../../support/registry/cosign-authority";
import {
  bundleOf,
  entryAnnotation,
  hashedRekord,
  signature,
  simpleSigning,
  statement,
} from "../../support/registry/cosign-signature";

const digest = sha256("an image");
const other = sha256("another image");
const issuer = "https://issuer.test";
const identity = "https://ci.test/release";
const issuerExtension = { oid: "1.3.6.1.4.1.57264.1.8", value: issuer };

describe("keyless signatures", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });
  let own: Authority;
  let pem: string;
  let der: Buffer;

  before(async () => {
    own = await authority();
    der = await certificate(own.ca, pair.publicKey);
    pem = new X509Certificate(der).toString();
  });
  after(() => own.close());

  const certificate = async (ca: Authority["ca"], key: KeyObject): Promise<Buffer> => {
    const publicKey = key.export({ type: "spki", format: "der" }) as Buffer<ArrayBuffer>;
    return Buffer.from(
      (await ca.issueCertificate({ publicKey, subjectAltName: identity, extensions: [issuerExtension] })) as Buffer,
    );
  };
  const policy = (trustRoot: object = own.trustedRoot): ImagePolicy => ({
    pattern: "**",
    keys: [],
    keyless: { issuer, identity, trustRoot },
    offline: "fail",
    hash: "",
  });

  /** The entry of the log as a bundle carries it. */
  const logged = async (body: object, kind: string): Promise<Record<string, unknown>> => {
    const [entry] = await own.entries(body);
    const proof = entry?.verification?.inclusionProof;
    return {
      logIndex: String(entry?.logIndex),
      logId: { keyId: Buffer.from(String(entry?.logID), "hex").toString("base64") },
      kindVersion: { kind, version: "0.0.1" },
      integratedTime: String(entry?.integratedTime),
      inclusionPromise: { signedEntryTimestamp: entry?.verification?.signedEntryTimestamp },
      inclusionProof: {
        logIndex: String(proof?.logIndex),
        rootHash: Buffer.from(String(proof?.rootHash), "hex").toString("base64"),
        treeSize: String(proof?.treeSize),
        hashes: [],
        checkpoint: { envelope: proof?.checkpoint },
      },
      canonicalizedBody: entry?.body,
    };
  };
  const envelopeOf = (bundle: Record<string, unknown>): string => JSON.stringify(bundle.dsseEnvelope);
  const signedBundle = async (
    content: string,
    options: { entryFor?: string; verifier?: string; key?: KeyObject; cert?: Buffer } = {},
  ) => {
    const bundle = bundleOf(content, options.key ?? pair.privateKey);
    const entryFor = options.entryFor === undefined ? bundle : bundleOf(options.entryFor, pair.privateKey);
    const entry = keptEnvelope(envelopeOf(entryFor), [Buffer.from(options.verifier ?? pem).toString("base64")]);
    const verificationMaterial = {
      certificate: { rawBytes: (options.cert ?? der).toString("base64") },
      tlogEntries: [await logged(entry, "dsse")],
    };
    return { ...bundle, verificationMaterial };
  };
  const says = (evaluated: SignatureVerdict, said: RegExp): void =>
    assert.match("reason" in evaluated ? evaluated.reason : `accepted: ${evaluated.signer}`, said);

  it("are verified in a bundle", async () => {
    assert.deepEqual(await verifyBundle(await signedBundle(statement(digest)), digest, policy()), {
      signer: `${identity} (${issuer})`,
    });
  });

  it("are refused for another digest", async () => {
    says(await verifyBundle(await signedBundle(statement(other)), digest, policy()), /another digest/);
  });

  it("are refused when the log's entry is about another signature (GHSA-whqx-f9j3-ch6m)", async () => {
    says(
      await verifyBundle(await signedBundle(statement(digest), { entryFor: statement(other) }), digest, policy()),
      /mismatch/,
    );
  });

  it("are refused when the log's entry is about another certificate (GHSA-whqx-f9j3-ch6m)", async () => {
    const verifier = new X509Certificate(await certificate(own.ca, pair.publicKey)).toString();
    says(
      await verifyBundle(await signedBundle(statement(digest), { verifier }), digest, policy()),
      /about another key or certificate/,
    );
  });

  it("are refused when another key than the certificate's signed", async () => {
    const bundle = await signedBundle(statement(digest), { key: stranger.privateKey });
    says(await verifyBundle(bundle, digest, policy()), /signature/i);
  });

  it("are refused without an entry in the log, and with one whose proof was changed", async () => {
    const bundle = await signedBundle(statement(digest));
    const [entry] = bundle.verificationMaterial.tlogEntries;
    const withEntries = (tlogEntries: unknown[]) => ({
      ...bundle,
      verificationMaterial: { ...bundle.verificationMaterial, tlogEntries },
    });
    says(await verifyBundle(withEntries([]), digest, policy()), /the trust root does not vouch for it/);
    const inclusionPromise = { signedEntryTimestamp: "AAAA" };
    says(
      await verifyBundle(withEntries([{ ...entry, inclusionPromise }]), digest, policy()),
      /the trust root does not vouch for it/,
    );
    const earlier = String(Number(entry?.integratedTime) - 1);
    says(
      await verifyBundle(withEntries([{ ...entry, integratedTime: earlier }]), digest, policy()),
      /the trust root does not vouch for it/,
    );
  });

  it("are refused when the certificate is in no certificate log", async () => {
    const ca = await initializeCA(generateKeyPairSync("ec", { namedCurve: "P-256" }));
    const cert = await certificate(ca, pair.publicKey);
    const root = Buffer.from(ca.rootCertificate as Buffer).toString("base64");
    const [first] = own.trustedRoot.certificateAuthorities as object[];
    const certificateAuthorities = [{ ...first, certChain: { certificates: [{ rawBytes: root }] } }];
    const bundle = await signedBundle(statement(digest), { cert, verifier: new X509Certificate(cert).toString() });
    says(
      await verifyBundle(bundle, digest, policy({ ...own.trustedRoot, certificateAuthorities })),
      /expected 1 SCTs, got 0/,
    );
  });

  it("are refused when the trust root knows neither authority nor log", async () => {
    const elsewhere = await authority();
    elsewhere.close();
    const bundle = await signedBundle(statement(digest));
    says(await verifyBundle(bundle, digest, policy(elsewhere.trustedRoot)), /the trust root does not vouch for it/);
    const { tlogs } = elsewhere.trustedRoot;
    says(
      await verifyBundle(bundle, digest, policy({ ...own.trustedRoot, tlogs })),
      /the trust root does not vouch for it/,
    );
  });

  it("are refused with a certificate that is not for signing", async () => {
    const root = Buffer.from(own.ca.rootCertificate as Buffer);
    const bundle = await signedBundle(statement(digest), { cert: root });
    says(await verifyBundle(bundle, digest, policy()), /not for signing/);
  });

  it("are refused when made with a key", async () => {
    says(
      await verifyBundle(bundleOf(statement(digest), pair.privateKey), digest, policy()),
      /no key of the policy made it/,
    );
  });

  describe("in the legacy layout", () => {
    const payload = simpleSigning(digest);
    const annotationsOf = async (over: { entry?: string; pem?: string } = {}): Promise<Record<string, string>> => {
      const made = signature(Buffer.from(payload), pair.privateKey);
      const body = hashedRekord(over.entry ?? payload, made, over.pem ?? pem);
      const [entry] = await own.entries(body);
      const bundle = {
        SignedEntryTimestamp: entry?.verification?.signedEntryTimestamp,
        Payload: {
          body: entry?.body,
          integratedTime: entry?.integratedTime,
          logIndex: entry?.logIndex,
          logID: entry?.logID,
        },
      };
      return {
        "dev.cosignproject.cosign/signature": made.toString("base64"),
        "dev.sigstore.cosign/certificate": pem,
        "dev.sigstore.cosign/bundle": JSON.stringify(bundle),
      };
    };
    const evaluate = (annotations: object): Promise<SignatureVerdict> =>
      verifyLegacy(Buffer.from(payload), annotations, digest, policy());

    it("are verified by the log's promise", async () => {
      assert.deepEqual(await evaluate(await annotationsOf()), { signer: `${identity} (${issuer})` });
    });

    it("are refused when the log's entry is about other content or another certificate (GHSA-whqx-f9j3-ch6m)", async () => {
      says(await evaluate(await annotationsOf({ entry: simpleSigning(other) })), /digest mismatch/);
      const renewed = new X509Certificate(await certificate(own.ca, pair.publicKey)).toString();
      says(await evaluate(await annotationsOf({ pem: renewed })), /about another key or certificate/);
    });

    it("are refused without an entry, with one the log never signed, and without certificate", async () => {
      const { "dev.sigstore.cosign/bundle": bundle, ...bare } = await annotationsOf();
      assert.ok(bundle);
      says(await evaluate(bare), /the trust root does not vouch for it/);
      says(
        await evaluate({ ...bare, ...entryAnnotation(hashedRekord(payload, Buffer.alloc(1), pem)) }),
        /does not vouch/,
      );
      const { "dev.sigstore.cosign/certificate": removed, ...keyed } = await annotationsOf();
      assert.ok(removed);
      says(await evaluate(keyed), /made with a key the policy does not name/);
    });
  });
});
