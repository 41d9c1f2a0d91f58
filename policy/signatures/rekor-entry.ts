/** Whether an entry of the transparency log is about this signature: its digest, signature and key or certificate must be the ones at hand, or any entry
 *  of the log would pass for it (GHSA-whqx-f9j3-ch6m). Kinds: hashedrekord and dsse 0.0.1 and 0.0.2, intoto 0.0.2. */
import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { list, read, text } from "../manifest/read";

/** The signature an entry must be about. */
export interface SignedData {
  /** What may have been hashed for the entry: the payload, and for an envelope also the bytes that were signed. */
  readonly data: readonly Buffer[];
  readonly signature: Buffer;
  /** DER of the certificate or public key the signature is checked with. */
  readonly verifier: Buffer;
}

/** What is wrong with the entry; nothing when it is about the signature. `body` is the entry as the log keeps it. */
export function entryProblem(body: Buffer, { data, signature, verifier }: SignedData): string | undefined {
  const entry = parse(body);
  const parts = entry === undefined ? undefined : partsOf(entry);
  if (parts === undefined) return "the log entry is of a kind that cannot be compared with the signature";
  if (!data.some((one) => hashOf(one, parts.hash.length).equals(parts.hash)))
    return "the log entry is about other content";
  if (!parts.signature.equals(signature)) return "the log entry is about another signature";
  return parts.verifier.equals(verifier) ? undefined : "the log entry is about another key or certificate";
}

interface Parts {
  readonly hash: Buffer;
  readonly signature: Buffer;
  readonly verifier: Buffer;
}

function partsOf(entry: unknown): Parts | undefined {
  const spec = read(entry, "spec");
  const base64 = (tree: unknown, ...keys: string[]): Buffer => Buffer.from(text(tree, ...keys), "base64");
  const hex = (...keys: string[]): Buffer => Buffer.from(text(spec, ...keys), "hex");
  switch (`${text(entry, "kind")} ${text(entry, "apiVersion")}`) {
    case "hashedrekord 0.0.1":
      return {
        hash: hex("data", "hash", "value"),
        signature: base64(spec, "signature", "content"),
        verifier: der(base64(spec, "signature", "publicKey", "content")),
      };
    case "dsse 0.0.1": {
      const [first] = list(spec, "signatures");
      const hash = hex("payloadHash", "value");
      return { hash, signature: base64(first, "signature"), verifier: der(base64(first, "verifier")) };
    }
    case "intoto 0.0.2": {
      const [first] = list(spec, "content", "envelope", "signatures");
      const signature = Buffer.from(base64(first, "sig").toString("latin1"), "base64"); // encoded twice
      return { hash: hex("content", "payloadHash", "value"), signature, verifier: der(base64(first, "publicKey")) };
    }
    case "hashedrekord 0.0.2": {
      const v2 = read(spec, "hashedRekordV002");
      return { hash: base64(v2, "data", "digest"), ...v2Signature(read(v2, "signature")) };
    }
    case "dsse 0.0.2": {
      const v2 = read(spec, "dsseV002");
      return { hash: base64(v2, "payloadHash", "digest"), ...v2Signature(list(v2, "signatures")[0]) };
    }
    default:
      return undefined;
  }
}

function v2Signature(signature: unknown): Pick<Parts, "signature" | "verifier"> {
  const verifier = read(signature, "verifier");
  const raw = text(verifier, "x509Certificate", "rawBytes") || text(verifier, "publicKey", "rawBytes");
  return { signature: Buffer.from(text(signature, "content"), "base64"), verifier: Buffer.from(raw, "base64") };
}

/** DER of a certificate or public key in PEM; empty when it is neither, which equals no verifier. */
function der(pem: Buffer): Buffer {
  try {
    if (pem.includes("CERTIFICATE")) return new X509Certificate(pem).raw;
    return createPublicKey(pem).export({ type: "spki", format: "der" });
  } catch {
    return Buffer.alloc(0);
  }
}

function hashOf(data: Buffer, bytes: number): Buffer {
  const algorithm = { 48: "sha384", 64: "sha512" }[bytes] ?? "sha256";
  return createHash(algorithm).update(data).digest();
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
