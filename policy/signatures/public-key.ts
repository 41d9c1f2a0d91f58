/** Public keys signatures are checked with: ECDSA P-256, P-384 and P-521, RSA from 2048 bits, Ed25519. */
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";

/** A key and what names it. */
export interface PublicKey {
  readonly key: KeyObject;
  /** Its SubjectPublicKeyInfo. */
  readonly der: Buffer;
  /** sha256 of it, in hex. */
  readonly fingerprint: string;
}

const curves = ["prime256v1", "secp384r1", "secp521r1"];

/** Reads PEM text. Throws an Error that says why it is no key for this; the text is not shown. */
export function publicKey(pem: string): PublicKey {
  if (/PRIVATE KEY/.test(pem))
    throw new Error("is a private key; give the public one, and keep this one out of the project");
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new Error("is no public key in PEM");
  }
  return described(key);
}

/** Throws an Error for a kind of key nobody should rely on. */
function described(key: KeyObject): PublicKey {
  const { namedCurve = "", modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const type = key.asymmetricKeyType;
  const good =
    type === "ed25519" || (type === "ec" && curves.includes(namedCurve)) || (type === "rsa" && modulusLength >= 2048);
  if (!good)
    throw new Error(
      `is a key of a kind that is not accepted (${type}); take ECDSA P-256, Ed25519, or RSA of 2048 bits or more`,
    );
  const der = key.export({ type: "spki", format: "der" });
  return { key, der, fingerprint: createHash("sha256").update(der).digest("hex") };
}

/** Whether a key made this signature over these bytes. The hash is SHA-256, or the one that fits the curve: signers do either. */
export function isSignedBy({ key }: PublicKey, data: Buffer, signature: Buffer): boolean {
  return hashes(key).some((hash) => {
    try {
      return verify(hash, data, key, signature);
    } catch {
      return false; // not even shaped like a signature
    }
  });
}

function hashes(key: KeyObject): (string | null)[] {
  if (key.asymmetricKeyType === "ed25519") return [null];
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === "secp384r1") return ["sha384", "sha256"];
  return curve === "secp521r1" ? ["sha512", "sha256"] : ["sha256"];
}
