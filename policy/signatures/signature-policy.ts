/** Who must have signed which images: the stack's settings with their files read. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { explainConfig } from "../config/explain-config";
import { globMatches } from "../config/glob";
import { parseJson } from "../config/parse-json";
import { fullName } from "../images/image-reference";
import { decodeText } from "../manifest/decode-text";
import type { ImageName } from "./image-name";
import { type PublicKey, publicKey } from "./public-key";
import { type ImageSettings, type KeylessSettings, signatureSettings } from "./settings-schema";

/** A keyless signer that is trusted. */
export interface KeylessPolicy {
  readonly issuer: KeylessSettings["issuer"];
  readonly identity: KeylessSettings["identity"];
  /** Content of trusted_root.json, parsed. */
  readonly trustRoot: unknown;
}

/** What is asked of the images of one pattern. */
export interface ImagePolicy {
  readonly pattern: string;
  readonly keys: readonly PublicKey[];
  readonly keyless?: KeylessPolicy;
  /** Reason why nothing is asked of them. */
  readonly unsigned?: string;
  readonly offline: "fail" | "warn";
  /** Digest of everything a verdict rests on: keys, identities, trust root. */
  readonly hash: string;
}

/** The settings, ready for use. */
export interface SignaturePolicy {
  readonly images: readonly ImagePolicy[];
  readonly plainHttp: readonly string[];
  readonly timeoutMs: number;
}

/** Reads the value of `name` ("hardened:imageSignatures"): an object, or JSON of one as the engine gives it; no policy when undefined. Reads keys and trust
 *  roots, relative to `root`. Never throws; every mistake is a sentence with its place, and no value is quoted. */
export function readSignaturePolicy(
  value: unknown,
  name: string,
  root: string,
): { readonly policy?: SignaturePolicy; readonly mistakes: readonly string[] } {
  if (value === undefined) return { mistakes: [] };
  const parsed = signatureSettings.safeParse(typeof value === "string" ? parseJson(value) : value);
  if (!parsed.success) return { mistakes: explainConfig(parsed.error, signatureSettings, name) };
  const mistakes: string[] = [];
  const { images, plainHttp, timeoutSeconds } = parsed.data;
  const read = Object.entries(images).map(([pattern, settings]) => {
    const at = `${name}.images.${pattern}`;
    return imagePolicy(pattern, settings, root, (mistake) => mistakes.push(`${at}.${mistake}`));
  });
  return mistakes.length > 0
    ? { mistakes }
    : { policy: { images: read, plainHttp, timeoutMs: timeoutSeconds * 1000 }, mistakes };
}

/** The policy of an image: of the patterns that name it the longest, of equally long ones the first in the alphabet. */
export function policyOf({ images }: SignaturePolicy, { registry, repository }: ImageName): ImagePolicy | undefined {
  const named = images.filter(({ pattern }) => globMatches(written(pattern), `${registry}/${repository}`));
  return named.toSorted((a, b) => b.pattern.length - a.pattern.length || (a.pattern < b.pattern ? -1 : 1))[0];
}

/** A short name is Docker Hub's, as in an image; a pattern that begins with * is for any registry. */
const written = (pattern: string): string => (pattern.startsWith("*") ? pattern : fullName(pattern));

/** Whether a certificate's text is the one that is asked for. A pattern must match all of it. */
export function isWho(wanted: KeylessSettings["identity"], found: string | undefined): boolean {
  if (found === undefined) return false;
  return typeof wanted === "string" ? wanted === found : new RegExp(`^(?:${wanted.pattern})$`, "u").test(found);
}

function imagePolicy(
  pattern: string,
  settings: ImageSettings,
  root: string,
  wrong: (mistake: string) => void,
): ImagePolicy {
  const { unsigned, offline } = settings;
  const attempt = <T>(place: string, make: () => T): T[] => {
    try {
      return [make()];
    } catch (error) {
      wrong(`${place} ${error instanceof Error ? error.message : "cannot be read"}`);
      return [];
    }
  };
  const keys = (settings.keys ?? []).flatMap((text, index) =>
    attempt(`keys[${index}]`, () => publicKey(text.includes("-----BEGIN") ? text : readText(resolve(root, text)))),
  );
  const [keyless] =
    settings.keyless === undefined
      ? []
      : attempt("keyless", () => keylessPolicy(settings.keyless as KeylessSettings, root));
  const basis = [1, keys.map(({ fingerprint }) => fingerprint).toSorted(), keyless ?? null];
  const hash = createHash("sha256").update(JSON.stringify(basis)).digest("hex");
  return { pattern, keys, offline, hash, ...(keyless && { keyless }), ...(unsigned !== undefined && { unsigned }) };
}

function keylessPolicy({ issuer, identity, trustRoot }: KeylessSettings, root: string): KeylessPolicy {
  for (const who of [issuer, identity]) {
    if (typeof who !== "string" && !isRegExp(who.pattern))
      throw new Error("has a pattern that is no regular expression");
  }
  const content = parseJson(readText(resolve(root, trustRoot)));
  const isTrustRoot = typeof content === "object" && content !== null && "certificateAuthorities" in content;
  if (!isTrustRoot) throw new Error("names a trustRoot that is no trusted_root.json");
  return { issuer, identity, trustRoot: content };
}

function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

function readText(file: string): string {
  try {
    return decodeText(readFileSync(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`names a file that cannot be read (${code ?? "unknown"})`);
  }
}
