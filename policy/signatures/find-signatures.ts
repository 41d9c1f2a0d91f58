/** Finds the signatures of an image in its repository: bundles that refer to it (cosign 3), then the tag sha256-<hex>.sig (cosign 1 and 2). */
import { list, read, text } from "../manifest/read";
import type { RegistryReader } from "./registry";
import { BadContent } from "./registry-errors";

/** What stands where a signature should stand. */
export type Found =
  | { readonly layout: "bundle"; readonly bundle: unknown }
  | { readonly layout: "legacy"; readonly payload: Buffer; readonly annotations: unknown }
  | { readonly layout: "none"; readonly problem: string };

const bundleType = /^application\/vnd\.dev\.sigstore\.bundle/;
const signPredicate = "https://sigstore.dev/cosign/sign/v1";

/** Signatures one after the other, so that nothing is read after the first good one. Throws what the reader throws. */
export async function* findSignatures(reader: RegistryReader, digest: string): AsyncGenerator<Found> {
  const tag = digest.replace(":", "-");
  const index = (await reader.referrers(digest)) ?? (await reader.manifest(tag));
  for (const descriptor of candidates(index)) {
    const found = await attempt(() => bundleOf(reader, text(descriptor, "digest")));
    if (found !== undefined) yield found;
  }
  const manifest = await reader.manifest(`${tag}.sig`);
  for (const layer of list(manifest, "layers")) {
    const found = await attempt(() => legacyOf(reader, layer));
    if (found !== undefined) yield found;
  }
}

/** Referrers that may be bundles, the likely ones first. Some registries and tools write a wrong or no artifact type. */
function candidates(index: unknown): unknown[] {
  const rank = (descriptor: unknown): number => {
    const type = text(descriptor, "artifactType");
    if (!bundleType.test(type)) return type === "" || type === "application/vnd.oci.empty.v1+json" ? 2 : 3;
    return text(descriptor, "annotations", "dev.sigstore.bundle.predicateType") === signPredicate ? 0 : 1;
  };
  return list(index, "manifests")
    .filter((descriptor) => rank(descriptor) < 3 && /^sha256:[a-f0-9]{64}$/.test(text(descriptor, "digest")))
    .toSorted((a, b) => rank(a) - rank(b));
}

/** Undefined when the manifest turns out to hold something else than a bundle. */
async function bundleOf(reader: RegistryReader, digest: string): Promise<Found | undefined> {
  const manifest = await reader.manifest(digest);
  const layer = list(manifest, "layers").find((one) => bundleType.test(text(one, "mediaType")));
  if (layer === undefined) return undefined;
  const bytes = await reader.blob(text(layer, "digest"), read(layer, "size"));
  if (bytes === undefined) return { layout: "none", problem: "a bundle is missing in the registry" };
  try {
    return { layout: "bundle", bundle: JSON.parse(bytes.toString("utf8")) };
  } catch {
    return { layout: "none", problem: "a bundle is not JSON" };
  }
}

async function legacyOf(reader: RegistryReader, layer: unknown): Promise<Found | undefined> {
  if (text(layer, "mediaType") !== "application/vnd.dev.cosign.simplesigning.v1+json") return undefined;
  const payload = await reader.blob(text(layer, "digest"), read(layer, "size"));
  if (payload === undefined) return { layout: "none", problem: "a signed payload is missing in the registry" };
  return { layout: "legacy", payload, annotations: read(layer, "annotations") };
}

/** One bad signature must not hide a good one. */
async function attempt(find: () => Promise<Found | undefined>): Promise<Found | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof BadContent) return { layout: "none", problem: error.message };
    throw error;
  }
}
