/** Signatures with a short-lived certificate: chain to a trusted authority, its record in a certificate log, the entry in a transparency log and the
 *  time are checked by sigstore's own verifier against the given trust root; who the signer is and what the entry is about is checked here. */
import { X509Certificate } from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import type { TrustMaterial } from "@sigstore/verify";
import { entryProblem, type SignedData } from "./rekor-entry";
import { isWho, type KeylessPolicy } from "./signature-policy";
import type { SignatureVerdict } from "./signature-verdict";

const codeSigning = "1.3.6.1.5.5.7.3.3";

/** Trust material by policy: reading it takes longer than a signature. */
const trusted = new WeakMap<KeylessPolicy, TrustMaterial>();

/** Evaluates a bundle with a certificate. `payload`: the signed bytes where the bundle holds none of its own. `data`: see SignedData. */
export async function verifyKeyless(
  bundle: Bundle,
  policy: KeylessPolicy,
  data: readonly Buffer[],
  payload?: Buffer,
): Promise<SignatureVerdict> {
  const { toSignedEntity, Verifier } = await import("@sigstore/verify");
  const certificate = certificateOf(bundle);
  if (certificate === undefined) return { reason: "it was made with a key, and the policy wants a certificate" };
  let identity: string | undefined;
  let issuer: string | undefined;
  try {
    if (new X509Certificate(certificate).keyUsage?.includes(codeSigning) !== true) {
      return { reason: "its certificate is not for signing" };
    }
    const verifier = new Verifier(await trustMaterial(policy));
    const signer = verifier.verify(toSignedEntity(bundle, payload));
    identity = signer.identity?.subjectAlternativeName;
    issuer = signer.identity?.extensions?.issuer;
  } catch (error) {
    return { reason: `the trust root does not vouch for it (${messageOf(error)})` };
  }
  const problem = bundleEntryProblem(bundle, { data, signature: signatureOf(bundle), verifier: certificate });
  if (problem !== undefined) return { reason: problem };
  if (!isWho(policy.issuer, issuer))
    return { reason: `its issuer is ${JSON.stringify(issuer)}, not the one the policy names` };
  if (!isWho(policy.identity, identity)) {
    return { reason: `its signer is ${JSON.stringify(identity)}, not the one the policy names` };
  }
  return { signer: `${identity} (${issuer})` };
}

/** What is wrong with the log entries a bundle carries; nothing when all are about this signature, or there are none. */
export function bundleEntryProblem(bundle: Bundle, signed: SignedData): string | undefined {
  for (const { canonicalizedBody } of bundle.verificationMaterial.tlogEntries) {
    const problem = entryProblem(canonicalizedBody, signed);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** DER of the signer's certificate. */
function certificateOf({ verificationMaterial: { content } }: Bundle): Buffer | undefined {
  if (content.$case === "certificate") return Buffer.from(content.certificate.rawBytes);
  if (content.$case !== "x509CertificateChain") return undefined;
  const [leaf] = content.x509CertificateChain.certificates;
  return leaf === undefined ? undefined : Buffer.from(leaf.rawBytes);
}

function signatureOf({ content }: Bundle): Buffer {
  if (content.$case === "messageSignature") return content.messageSignature.signature;
  return content.dsseEnvelope.signatures[0]?.sig ?? Buffer.alloc(0);
}

async function trustMaterial(policy: KeylessPolicy): Promise<TrustMaterial> {
  const known = trusted.get(policy);
  if (known !== undefined) return known;
  const [{ TrustedRoot }, { toTrustMaterial }] = await Promise.all([
    import("@sigstore/protobuf-specs"),
    import("@sigstore/verify"),
  ]);
  const material = toTrustMaterial(TrustedRoot.fromJSON(policy.trustRoot));
  trusted.set(policy, material);
  return material;
}

/** The verifier's words, shortened: they name what failed and hold nothing secret. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : "unknown error";
}
