/** Evaluates a signature as cosign 1 and 2 store them: a "simple signing" payload in a layer, everything else in the layer's annotations. */
import { createHash, X509Certificate } from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import { read, text } from "../manifest/read";
import { verifyKeyless } from "./keyless";
import { isSignedBy } from "./public-key";
import { entryProblem } from "./rekor-entry";
import type { ImagePolicy } from "./signature-policy";
import type { SignatureVerdict } from "./signature-verdict";

/** Whether payload and annotations are a signature of the image with this digest by someone the policy names. */
export async function verifyLegacy(
  payload: Buffer,
  annotations: unknown,
  digest: string,
  policy: ImagePolicy,
): Promise<SignatureVerdict> {
  const problem = payloadProblem(payload, digest);
  if (problem !== undefined) return { reason: problem };
  const signature = Buffer.from(text(annotations, "dev.cosignproject.cosign/signature"), "base64");
  if (signature.length === 0) return { reason: "the signature is missing" };
  const entry = logEntry(annotations);
  const key = policy.keys.find((one) => isSignedBy(one, payload, signature));
  if (key !== undefined) {
    const reason = entry && entryProblem(entry.canonicalizedBody, { data: [payload], signature, verifier: key.der });
    return reason === undefined ? { signer: `key sha256:${key.fingerprint}` } : { reason };
  }
  if (policy.keyless === undefined) return { reason: "no key of the policy made it" };
  const certificate = certificateOf(annotations);
  if (certificate === undefined) return { reason: "it was made with a key the policy does not name" };
  return verifyKeyless(
    await asBundle(payload, signature, certificate, entry, annotations),
    policy.keyless,
    [payload],
    payload,
  );
}

/** What is wrong with the payload; nothing when it names the digest. Its docker-reference is only a claim and not looked at, as in cosign. */
function payloadProblem(payload: Buffer, digest: string): string | undefined {
  let content: unknown;
  try {
    content = JSON.parse(payload.toString("utf8"));
  } catch {
    return "its payload is not JSON";
  }
  if (text(content, "critical", "type") !== "cosign container image signature")
    return "its payload is not about an image";
  const named = text(content, "critical", "image", "docker-manifest-digest");
  return named === digest ? undefined : "it is a signature of another digest";
}

type Entry = Bundle["verificationMaterial"]["tlogEntries"][number];

/** The annotation's log entry: signed by the log, without a proof of inclusion. */
function logEntry(annotations: unknown): Entry | undefined {
  const annotation = parse(text(annotations, "dev.sigstore.cosign/bundle"));
  const body = text(annotation, "Payload", "body");
  if (body === "") return undefined;
  const canonicalizedBody = Buffer.from(body, "base64");
  const content = parse(canonicalizedBody.toString("utf8"));
  return {
    canonicalizedBody,
    kindVersion: { kind: text(content, "kind"), version: text(content, "apiVersion") },
    logId: { keyId: Buffer.from(text(annotation, "Payload", "logID"), "hex") },
    logIndex: String(read(annotation, "Payload", "logIndex") ?? ""),
    integratedTime: String(read(annotation, "Payload", "integratedTime") ?? ""),
    inclusionPromise: { signedEntryTimestamp: Buffer.from(text(annotation, "SignedEntryTimestamp"), "base64") },
    inclusionProof: undefined,
  };
}

function certificateOf(annotations: unknown): Buffer | undefined {
  try {
    return new X509Certificate(text(annotations, "dev.sigstore.cosign/certificate")).raw;
  } catch {
    return undefined;
  }
}

/** The same signature as the verifier takes it. */
async function asBundle(
  payload: Buffer,
  signature: Buffer,
  certificate: Buffer,
  entry: Entry | undefined,
  annotations: unknown,
): Promise<Bundle> {
  const { HashAlgorithm } = await import("@sigstore/protobuf-specs");
  const stamp = text(parse(text(annotations, "dev.sigstore.cosign/rfc3161timestamp")), "SignedRFC3161Timestamp");
  const digest = createHash("sha256").update(payload).digest();
  return {
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    content: {
      $case: "messageSignature",
      messageSignature: { messageDigest: { algorithm: HashAlgorithm.SHA2_256, digest }, signature },
    },
    verificationMaterial: {
      content: { $case: "x509CertificateChain", x509CertificateChain: { certificates: [{ rawBytes: certificate }] } },
      tlogEntries: entry === undefined ? [] : [entry],
      timestampVerificationData: {
        rfc3161Timestamps: stamp === "" ? [] : [{ signedTimestamp: Buffer.from(stamp, "base64") }],
      },
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
