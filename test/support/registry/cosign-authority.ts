import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, rekorHandler } from "@sigstore/mock";

/** A certificate authority (Fulcio), its certificate log and a transparency log (Rekor) of the test's own. */
export interface Authority {
  /** Content of trusted_root.json. */
  readonly trustedRoot: Record<string, unknown>;
  /** Base URL while it is served. */
  readonly url: string;
  /** Content of signing_config.json: where cosign signs. */
  readonly signingConfig: Record<string, unknown>;
  readonly ca: Awaited<ReturnType<typeof initializeCA>>;
  /** Puts an entry into the log; the one element is what the log keeps of it. */
  entries(body: object): Promise<readonly LogEntry[]>;
  close(): void;
}

/** An entry as Rekor answers (its OpenAPI type LogEntry). */
interface LogEntry {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
      readonly checkpoint: string;
    };
  };
}

const pair = (): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync("ec", { namedCurve: "P-256" });

/** Starts one on a free loopback port. */
export async function authority(): Promise<Authority> {
  const ctlog = await initializeCTLog(pair());
  const ca = await initializeCA(pair(), ctlog);
  const tlog = await initializeTLog("https://rekor.test", pair());
  const handlers = [fulcioHandler(ca), rekorHandler(tlog)];
  const server = createServer(async (request, response) => {
    const handler = handlers.find(({ path }) => path === request.url);
    if (handler === undefined) return response.writeHead(404).end();
    const answer = await handler.fn(asMocksExpect(await bodyOf(request), request.headers.authorization));
    const text = answer.response.toString();
    // Where the mock differs from the real services: Fulcio answers 200, Rekor names the entry in ETag.
    const isRekor = handler.path.includes("log/entries");
    const status = !isRekor && answer.statusCode === 201 ? 200 : answer.statusCode;
    const etag = isRekor && status === 201 ? { etag: Object.keys(JSON.parse(text) as object)[0] } : {};
    response.writeHead(status, { "content-type": answer.contentType ?? "application/json", ...etag });
    return response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const start = new Date(Date.now() - 60_000).toISOString();
  const log = (key: Buffer, baseUrl: string) => ({
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: key.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor: { start } },
    logId: { keyId: createHash("sha256").update(key).digest("base64") },
  });
  const root = Buffer.from(ca.rootCertificate.buffer, ca.rootCertificate.byteOffset, ca.rootCertificate.byteLength);
  const service = { url, majorApiVersion: 1, validFor: { start }, operator: "test" };
  return {
    ca,
    entries: async (body) => Object.values(((await tlog.log(body)) ?? {}) as Record<string, LogEntry>),
    url,
    trustedRoot: {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [log(tlog.publicKey, "https://rekor.test")],
      certificateAuthorities: [
        {
          subject: { organization: "sigstore.mock", commonName: "sigstore" },
          uri: url,
          certChain: { certificates: [{ rawBytes: root.toString("base64") }] },
          validFor: { start },
        },
      ],
      ctlogs: [log(ctlog.publicKey, "https://ct.test")],
      timestampAuthorities: [],
    },
    signingConfig: {
      mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
      caUrls: [service],
      rekorTlogUrls: [service],
      rekorTlogConfig: { selector: "ANY" },
      tsaConfig: { selector: "ANY" },
    },
    close: () => server.close(),
  };
}

/** A token as an OpenID provider gives it; nobody here checks its signature. */
export function identityToken(issuer: string, subject: string): string {
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub: subject, aud: "sigstore", iat: now, exp: now + 600 };
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.${Buffer.from("none").toString("base64url")}`;
}

/** Brings what cosign sends to what the mocks expect: the token in the body, an envelope as Rekor keeps it. */
function asMocksExpect(body: string, authorization: string | undefined): string {
  const content = JSON.parse(body) as {
    kind?: string;
    spec?: { proposedContent?: { envelope: string; verifiers: string[] } };
  };
  const proposed = content.spec?.proposedContent;
  if (proposed !== undefined) return JSON.stringify(keptEnvelope(proposed.envelope, proposed.verifiers));
  if (authorization === undefined) return body;
  return JSON.stringify({ ...content, credentials: { oidcIdentityToken: authorization.replace(/^Bearer /, "") } });
}

/** An envelope's entry in Rekor, kind dsse 0.0.1: hashes and signatures, without the payload. */
export function keptEnvelope(envelope: string, verifiers: readonly string[]): object {
  const { payload, signatures } = JSON.parse(envelope) as { payload: string; signatures: { sig: string }[] };
  const hash = (data: string | Buffer) => ({
    algorithm: "sha256",
    value: createHash("sha256").update(data).digest("hex"),
  });
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: hash(envelope),
      payloadHash: hash(Buffer.from(payload, "base64")),
      signatures: signatures.map(({ sig }, index) => ({ signature: sig, verifier: verifiers[index] })),
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
