/** One image and a policy → whether someone the policy names has signed it. Never throws. */
import { verifyBundle } from "./bundle";
import { type Found, findSignatures } from "./find-signatures";
import { type ImageName, imageName } from "./image-name";
import { verifyLegacy } from "./legacy";
import { RegistryReader } from "./registry";
import { RegistrySession } from "./registry-access";
import { BadContent, NoAnswer, RegistryUnavailable } from "./registry-errors";
import { type ImagePolicy, policyOf, type SignaturePolicy } from "./signature-policy";
import type { SignatureVerdict } from "./signature-verdict";
import { cacheFolder, knownSigner, rememberSigner } from "./verified-cache";

/** What is known of an image's signature. */
export interface ImageVerdict {
  /** `refused`: the registry answered, and there is no signature that counts. `undetermined`: it could not be told. */
  readonly outcome: "verified" | "refused" | "undetermined";
  /** In words that are safe to show. */
  readonly reason: string;
  /** "key sha256:<fingerprint>" or "identity (issuer)". */
  readonly signer?: string;
  /** Whether it stops the deployment: what the settings say where the registry gave no answer at all, "fail" for anything else. */
  readonly offline: "fail" | "warn";
  /** Requests it took; 0 from the cache. */
  readonly requests: number;
}

/** Circumstances of a run. */
export interface VerifyOptions {
  /** What was learnt of registries. @default a new one */
  readonly session?: RegistrySession;
  /** Folder for verified digests. @default see verified-cache.ts */
  readonly cache?: string;
}

/** Verifies an image as it is written in a pod, within the policy's time. */
export async function verifyImage(
  reference: string,
  policy: SignaturePolicy,
  options: VerifyOptions = {},
): Promise<ImageVerdict> {
  const none = { offline: "fail", requests: 0 } as const;
  const image = imageName(reference);
  if (image === undefined) return { ...none, outcome: "refused", reason: "is no image name" };
  const asked = policyOf(policy, image);
  if (asked === undefined) return { ...none, outcome: "refused", reason: "no pattern of the image policy names it" };
  const { offline, unsigned } = asked;
  if (unsigned !== undefined) return { ...none, outcome: "verified", reason: `needs no signature: ${unsigned}` };
  const { digest } = image;
  if (digest === undefined) {
    return {
      ...none,
      outcome: "refused",
      reason: "is not named by a sha256 digest, so what was signed need not be what runs",
    };
  }
  const cache = options.cache ?? cacheFolder();
  const known = knownSigner(cache, digest, asked.hash);
  if (known !== undefined) return { ...none, ...verified(known) };
  const session = options.session ?? new RegistrySession();
  const reader = new RegistryReader(image, { plainHttp: policy.plainHttp, timeoutMs: policy.timeoutMs, session });
  const verdict = await ask(reader, { ...image, digest }, asked);
  if (verdict.signer !== undefined) rememberSigner(cache, digest, asked.hash, verdict.signer);
  const isOffline = verdict.silent === true && !(await reader.answers(digest));
  const { silent: _, ...said } = verdict;
  return { ...said, offline: isOffline ? offline : "fail", requests: reader.requests };
}

/** `silent`: the registry gave no answer to anything it was asked. */
type Answer = Pick<ImageVerdict, "outcome" | "reason" | "signer"> & { readonly silent?: boolean };

const verified = (signer: string): Answer => ({ outcome: "verified", reason: `signed by ${signer}`, signer });

async function ask(
  reader: RegistryReader,
  { digest, registry }: ImageName & { digest: string },
  policy: ImagePolicy,
): Promise<Answer> {
  const reasons = new Set<string>();
  try {
    for await (const found of findSignatures(reader, digest)) {
      const evaluated = await evaluate(found, digest, policy);
      if ("signer" in evaluated) return verified(evaluated.signer);
      reasons.add(evaluated.reason);
    }
  } catch (error) {
    if (error instanceof RegistryUnavailable)
      return { outcome: "undetermined", reason: error.message, silent: error instanceof NoAnswer };
    if (error instanceof BadContent) return { outcome: "refused", reason: error.message };
    const kind = error instanceof Error ? error.name : typeof error;
    return { outcome: "undetermined", reason: `an error of the signature check itself (${kind})` };
  }
  if (reasons.size === 0) return { outcome: "refused", reason: `registry ${registry} has no signature of it` };
  return { outcome: "refused", reason: `has no signature that counts: ${[...reasons].join("; ")}` };
}

async function evaluate(found: Found, digest: string, policy: ImagePolicy): Promise<SignatureVerdict> {
  if (found.layout === "none") return { reason: found.problem };
  if (found.layout === "bundle") return verifyBundle(found.bundle, digest, policy);
  return verifyLegacy(found.payload, found.annotations, digest, policy);
}
