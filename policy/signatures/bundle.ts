/** Evaluates a sigstore bundle (v0.1 to v0.3) around a DSSE envelope, as cosign 3 signs images. */
import type { Bundle } from "@sigstore/bundle";
import { list, text } from "../manifest/read";
import { bundleEntryProblem, verifyKeyless } from "./keyless";
import { isSignedBy } from "./public-key";
import type { ImagePolicy } from "./signature-policy";
import type { SignatureVerdict } from "./signature-verdict";

/** An attestation by the same key (provenance, a scan report) is no signature: it may say anything about the image. */
const signPredicate = "https://sigstore.dev/cosign/sign/v1";
const payloadType = "application/vnd.in-toto+json";

/** Whether the bundle is a signature of the image with this digest by someone the policy names. */
export async function verifyBundle(json: unknown, digest: string, policy: ImagePolicy): Promise<SignatureVerdict> {
  const bundle = await parse(json);
  if (bundle === undefined) return { reason: "a bundle is malformed" };
  if (bundle.content.$case !== "dsseEnvelope") return { reason: "a bundle signs a file, not an image" };
  const { dsseEnvelope } = bundle.content;
  const [signature] = dsseEnvelope.signatures;
  if (signature === undefined) return { reason: "a bundle holds no signature" };
  const problem =
    dsseEnvelope.payloadType === payloadType
      ? statementProblem(dsseEnvelope.payload, digest)
      : "it is no statement about an image";
  if (problem !== undefined) return { reason: problem };
  const signed = preAuthenticationEncoding(dsseEnvelope.payload);
  const data = [dsseEnvelope.payload, signed];
  if (bundle.verificationMaterial.content.$case !== "publicKey") {
    if (policy.keyless === undefined) return { reason: "it was made with a certificate, and the policy wants a key" };
    return verifyKeyless(bundle, policy.keyless, data);
  }
  const key = policy.keys.find((one) => isSignedBy(one, signed, signature.sig));
  if (key === undefined) return { reason: "no key of the policy made it" };
  const reason = bundleEntryProblem(bundle, { data, signature: signature.sig, verifier: key.der });
  return reason === undefined ? { signer: `key sha256:${key.fingerprint}` } : { reason };
}

/** What is wrong with the in-toto statement inside; nothing when it is a signature of the image. */
function statementProblem(payload: Buffer, digest: string): string | undefined {
  let statement: unknown;
  try {
    statement = JSON.parse(payload.toString("utf8"));
  } catch {
    return "it is no statement about an image";
  }
  const predicate = text(statement, "predicateType");
  if (!/^https:\/\/in-toto\.io\/Statement\/v(0\.1|1)$/.test(text(statement, "_type")))
    return "it is no statement about an image";
  if (predicate !== signPredicate)
    return `it is an attestation (${JSON.stringify(predicate.slice(0, 100))}), no signature`;
  const hex = digest.slice("sha256:".length);
  const names = list(statement, "subject").some((subject) => text(subject, "digest", "sha256") === hex);
  return names ? undefined : "it is a signature of another digest";
}

/** What a DSSE signature is made over (DSSE protocol, "PAE"). */
function preAuthenticationEncoding(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
}

async function parse(json: unknown): Promise<Bundle | undefined> {
  const { bundleFromJSON } = await import("@sigstore/bundle");
  try {
    return bundleFromJSON(json);
  } catch {
    return undefined;
  }
}
