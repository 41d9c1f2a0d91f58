import { createHash, type KeyObject, sign } from "node:crypto";

/** The payload of a legacy signature. */
export const simpleSigning = (digest: string, type = "cosign container image signature"): string =>
  JSON.stringify({
    critical: { identity: { "docker-reference": "" }, image: { "docker-manifest-digest": digest }, type },
    optional: null,
  });

/** Annotations of a legacy signature by key. */
export const signedAnnotations = (payload: string, key: KeyObject): Record<string, string> => ({
  "dev.cosignproject.cosign/signature": signature(Buffer.from(payload), key).toString("base64"),
});

/** The annotation that holds an entry of the transparency log. */
export const entryAnnotation = (body: object, more: object = {}): Record<string, string> => ({
  "dev.sigstore.cosign/bundle": JSON.stringify({
    SignedEntryTimestamp: "",
    Payload: {
      body: Buffer.from(JSON.stringify(body)).toString("base64"),
      integratedTime: 1,
      logIndex: 1,
      logID: "00",
      ...more,
    },
  }),
});

/** An entry of kind hashedrekord, with a key or certificate in PEM. */
export const hashedRekord = (payload: string | Buffer, signed: Buffer, pem: string): object => ({
  apiVersion: "0.0.1",
  kind: "hashedrekord",
  spec: {
    data: { hash: { algorithm: "sha256", value: createHash("sha256").update(payload).digest("hex") } },
    signature: { content: signed.toString("base64"), publicKey: { content: Buffer.from(pem).toString("base64") } },
  },
});

/** The statement cosign 3 signs. */
export const statement = (digest: string, predicateType = "https://sigstore.dev/cosign/sign/v1"): string =>
  JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { sha256: digest.replace("sha256:", "") } }],
    predicateType,
    predicate: {},
  });

const payloadType = "application/vnd.in-toto+json";

/** What a DSSE signature is made over. */
export const preAuthentication = (payload: string): Buffer =>
  Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${Buffer.byteLength(payload)} ${payload}`);

/** A bundle around a statement, as JSON. `material`: who signed, by default a key. */
export const bundleOf = (
  payload: string,
  key: KeyObject,
  material: object = { publicKey: { hint: "" } },
): Record<string, unknown> => ({
  mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  verificationMaterial: { ...material },
  dsseEnvelope: {
    payload: Buffer.from(payload).toString("base64"),
    payloadType,
    signatures: [{ sig: signature(preAuthentication(payload), key).toString("base64") }],
  },
});

/** A signature with the hash cosign takes. */
export const signature = (data: Buffer, key: KeyObject): Buffer =>
  sign(key.asymmetricKeyType === "ed25519" ? null : "sha256", data, key);
