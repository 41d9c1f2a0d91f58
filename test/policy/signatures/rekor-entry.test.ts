import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import { entryProblem, type SignedData } from "../../../policy/signatures/rekor-entry";

const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
const payload = Buffer.from("payload");
const made = Buffer.from("signature");
const der = publicKey.export({ type: "spki", format: "der" });
const signed: SignedData = { data: [payload], signature: made, verifier: der };

interface Parts {
  readonly payload: Buffer;
  readonly signature: Buffer;
  readonly key: typeof publicKey;
}
const hash = (data: Buffer, encoding: "hex" | "base64", algorithm = "sha256"): string =>
  createHash(algorithm).update(data).digest(encoding);
const pem = ({ key }: Parts): string => Buffer.from(key.export({ type: "spki", format: "pem" })).toString("base64");
const raw = ({ key }: Parts): object => ({
  publicKey: { rawBytes: key.export({ type: "spki", format: "der" }).toString("base64") },
});

/** What Rekor keeps, by kind. */
const kinds: Record<string, (parts: Parts) => object> = {
  "hashedrekord 0.0.1": (one) => ({
    data: { hash: { algorithm: "sha256", value: hash(one.payload, "hex") } },
    signature: { content: one.signature.toString("base64"), publicKey: { content: pem(one) } },
  }),
  "dsse 0.0.1": (one) => ({
    payloadHash: { algorithm: "sha256", value: hash(one.payload, "hex") },
    signatures: [{ signature: one.signature.toString("base64"), verifier: pem(one) }],
  }),
  "intoto 0.0.2": (one) => ({
    content: {
      payloadHash: { algorithm: "sha256", value: hash(one.payload, "hex") },
      envelope: {
        signatures: [{ sig: Buffer.from(one.signature.toString("base64")).toString("base64"), publicKey: pem(one) }],
      },
    },
  }),
  "hashedrekord 0.0.2": (one) => ({
    hashedRekordV002: {
      data: { algorithm: "SHA2_384", digest: hash(one.payload, "base64", "sha384") },
      signature: { content: one.signature.toString("base64"), verifier: raw(one) },
    },
  }),
  "dsse 0.0.2": (one) => ({
    dsseV002: {
      payloadHash: { algorithm: "SHA2_256", digest: hash(one.payload, "base64") },
      signatures: [{ content: one.signature.toString("base64"), verifier: raw(one) }],
    },
  }),
};

describe("entryProblem", () => {
  for (const [name, spec] of Object.entries(kinds)) {
    const [kind, apiVersion] = name.split(" ");
    const problem = (over: Partial<Parts> = {}): string | undefined => {
      const body = { kind, apiVersion, spec: spec({ payload, signature: made, key: publicKey, ...over }) };
      return entryProblem(Buffer.from(JSON.stringify(body)), signed);
    };

    it(`is silent about a fitting entry of kind ${name}, and tells what does not fit (GHSA-whqx-f9j3-ch6m)`, () => {
      assert.equal(problem(), undefined);
      assert.equal(problem({ payload: Buffer.from("other") }), "the log entry is about other content");
      assert.equal(problem({ signature: Buffer.from("other") }), "the log entry is about another signature");
      assert.equal(problem({ key: other }), "the log entry is about another key or certificate");
    });

    it(`takes no entry of kind ${name} that lacks its parts`, () => {
      for (const body of [
        { kind, apiVersion },
        { kind, apiVersion, spec: {} },
        { kind, apiVersion, spec: { signatures: "x" } },
      ]) {
        assert.equal(entryProblem(Buffer.from(JSON.stringify(body)), signed), "the log entry is about other content");
      }
    });
  }

  it("takes no entry it cannot compare", () => {
    for (const body of [
      "",
      "[",
      "null",
      "{}",
      '{"kind":"rpm","apiVersion":"0.0.1"}',
      '{"kind":"dsse","apiVersion":"0.0.9"}',
    ]) {
      assert.equal(
        entryProblem(Buffer.from(body), signed),
        "the log entry is of a kind that cannot be compared with the signature",
      );
    }
  });
});
