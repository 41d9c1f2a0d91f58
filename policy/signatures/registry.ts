/** Reads from a registry by the OCI distribution API, bounded in time, size and number of requests. */
import { createHash } from "node:crypto";
import type { ImageName } from "./image-name";
import { authorize, type RegistrySession, repositoryUrl } from "./registry-access";
import { BadContent, failureOf, NoAnswer, RegistryRefused, RegistryUnavailable } from "./registry-errors";

/** Bytes of a manifest or index at most (distribution-spec, "Pushing Manifests"). */
const manifestLimit = 4 * 2 ** 20;
/** Bytes of a signature at most; a bundle has about ten thousand. */
const signatureLimit = 2 ** 20;
/** Bytes of an answer with a token at most. */
const tokenLimit = 2 ** 20;
/** Requests about one image at most: three when its first signature is good, the rest for more signatures and for a token. */
const requestLimit = 24;

const manifestTypes = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";

/** What reads go by. */
export interface ReadOptions {
  readonly plainHttp: readonly string[];
  /** Milliseconds all reads of one image may take. */
  readonly timeoutMs: number;
  readonly session: RegistrySession;
  /** What is read, in a word, for messages. @default "signature" */
  readonly subject?: string;
  /** Bytes of a blob at most. @default 1 MiB */
  readonly blobLimit?: number;
}

/** Milliseconds to find out whether a registry that is silent about signatures answers at all. */
const probeMs = 3000;

/** The repository of one image. Reads throw RegistryUnavailable or BadContent; what the registry does not have is undefined. */
export class RegistryReader {
  /** Requests so far, those for a token included. */
  requests = 0;
  /** Whether there was an answer of any kind: from then on silence is the registry's. */
  private answered = false;
  private readonly base: URL;
  private readonly deadline: AbortSignal;
  private readonly blobs = new Map<string, Promise<Buffer | undefined>>();
  private readonly subject: string;
  private readonly blobLimit: number;

  constructor(
    private readonly image: ImageName,
    private readonly options: ReadOptions,
  ) {
    this.base = repositoryUrl(image.registry, image.repository, options.plainHttp);
    this.deadline = AbortSignal.timeout(options.timeoutMs);
    this.subject = options.subject ?? "signature";
    this.blobLimit = options.blobLimit ?? signatureLimit;
  }

  /** The index of what refers to a digest; undefined when the registry has no referrers API. */
  async referrers(digest: string): Promise<unknown> {
    const { withoutReferrers } = this.options.session;
    if (withoutReferrers.has(this.image.registry)) return undefined;
    const response = await this.ask(`referrers/${digest}`, [404, 400, 405, 501]);
    const index = response === undefined ? undefined : json(await this.body(response, manifestLimit));
    const isIndex = typeof index === "object" && index !== null && "manifests" in index;
    if (!isIndex) withoutReferrers.add(this.image.registry);
    return isIndex ? index : undefined;
  }

  /** The manifest or index of a tag or digest. */
  async manifest(reference: string): Promise<unknown> {
    const response = await this.ask(`manifests/${reference}`, [404]);
    if (response === undefined) return undefined;
    const bytes = await this.body(response, manifestLimit);
    if (reference.startsWith("sha256:")) verifyDigest(bytes, reference);
    return json(bytes);
  }

  /** A blob of at most the limit; `size` is what its descriptor says. */
  blob(digest: string, size: unknown): Promise<Buffer | undefined> {
    if (typeof size === "number" && size > this.blobLimit) throw this.tooLarge(size);
    const known = this.blobs.get(digest);
    if (known !== undefined) return known;
    const asked = this.readBlob(digest);
    this.blobs.set(digest, asked);
    return asked;
  }

  private async readBlob(digest: string): Promise<Buffer | undefined> {
    if (!/^sha256:[a-f0-9]{64}$/.test(digest)) throw new BadContent("a layer is not named by a sha256 digest");
    const response = await this.ask(`blobs/${digest}`, [404]);
    if (response === undefined) return undefined;
    const bytes = await this.body(response, this.blobLimit);
    verifyDigest(bytes, digest);
    return bytes;
  }

  /** Whether the registry answers when it is asked for the image itself, in any words. A registry that does and is silent about signatures is not offline. */
  async answers(digest: string): Promise<boolean> {
    if (this.answered) return true;
    const signal = AbortSignal.timeout(Math.min(probeMs, this.options.timeoutMs));
    try {
      const headers = { accept: manifestTypes };
      const response = await fetch(new URL(`manifests/${digest}`, this.base), { headers, signal, redirect: "manual" });
      await response.body?.cancel();
      return true;
    } catch (error) {
      return !signal.aborted && !failureOf(error).isSilent;
    }
  }

  private async ask(path: string, absent: readonly number[]): Promise<Response | undefined> {
    const { registry, repository } = this.image;
    const { authorizations } = this.options.session;
    const url = new URL(path, this.base);
    const key = `${registry}/${repository}`;
    let response = await this.fetch(url, authorizations.get(key));
    if (response.status === 401) {
      const challenge = response.headers.get("www-authenticate") ?? "";
      const authorization = await authorize(challenge, registry, repository, this.base, (from, basic) =>
        this.token(from, basic),
      );
      if (authorization !== undefined) {
        authorizations.set(key, authorization);
        response = await this.fetch(url, authorization);
      }
    }
    if (response.ok) return response;
    await response.body?.cancel();
    if (absent.includes(response.status)) return undefined;
    throw new RegistryRefused(`registry ${registry} answered ${response.status}`, response.status);
  }

  private async token(url: URL, authorization: string | undefined): Promise<Buffer> {
    const response = await this.fetch(url, authorization);
    if (!response.ok)
      throw new RegistryRefused(`registry ${this.image.registry} gives no token (${response.status})`, response.status);
    return this.body(response, tokenLimit);
  }

  private async fetch(url: URL, authorization: string | undefined): Promise<Response> {
    this.requests += 1;
    if (this.requests > requestLimit) {
      throw new BadContent(`more than ${requestLimit} requests were needed: there are too many ${this.subject}s`);
    }
    const headers = { accept: manifestTypes, ...(authorization !== undefined && { authorization }) };
    try {
      const response = await fetch(url, { headers, signal: this.deadline });
      this.answered = true;
      return response;
    } catch (error) {
      throw this.unavailable(error);
    }
  }

  private async body(response: Response, limit: number): Promise<Buffer> {
    const announced = Number(response.headers.get("content-length") ?? 0);
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      if (announced > limit) throw this.tooLarge(announced);
      for await (const part of response.body ?? []) {
        size += part.length;
        if (size > limit) throw this.tooLarge(size);
        parts.push(part);
      }
    } catch (error) {
      await response.body?.cancel().catch(() => {});
      throw error instanceof BadContent ? error : this.unavailable(error);
    }
    return Buffer.concat(parts);
  }

  private tooLarge(size: number): BadContent {
    return new BadContent(`an answer of ${size} bytes or more is too large for one ${this.subject}`);
  }

  private unavailable(error: unknown): RegistryUnavailable {
    const { registry } = this.image;
    const { code, isSilent } = failureOf(error);
    const Failure = (isSilent || this.deadline.aborted) && !this.answered ? NoAnswer : RegistryUnavailable;
    if (this.deadline.aborted)
      return new Failure(`registry ${registry} took longer than ${this.options.timeoutMs / 1000} s`);
    return new Failure(`registry ${registry} does not answer (${code ?? "connection lost"})`);
  }
}

function verifyDigest(bytes: Buffer, digest: string): void {
  const found = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (found !== digest) throw new BadContent("the registry sent other content than the digest names");
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
