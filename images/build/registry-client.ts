import { openAsBlob, readFileSync } from "node:fs";
import { UserError } from "../../process/user-error";
import { blobFile, type Descriptor, manifestDescriptor, manifestType, readManifest } from "./oci";

/** What a push came to. */
export interface Pushed {
  readonly digest: string;
  /** Blobs and manifests sent; 0 when the registry had everything. */
  readonly sent: number;
}

async function ask(url: URL, method: string, expected: readonly number[], init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, method });
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    throw new UserError(
      `registry ${url.origin} does not answer (${cause?.code ?? cause?.message ?? error}); is it running?`,
    );
  }
  const body = method === "HEAD" ? "" : await response.text();
  if (!expected.includes(response.status)) {
    throw new UserError(
      `registry ${url.origin}: ${method} ${url.pathname} answered ${response.status} ${body.slice(0, 300)}`.trim(),
    );
  }
  return response;
}

/** Sends a blob the registry does not have, in one piece (distribution-spec, "POST then PUT"). */
async function pushBlob(repository: URL, layoutDir: string, { digest }: Descriptor): Promise<number> {
  const there = await ask(new URL(`blobs/${digest}`, repository), "HEAD", [200, 404]);
  if (there.status === 200) return 0;
  const begun = await ask(new URL("blobs/uploads/", repository), "POST", [202]);
  const target = new URL(begun.headers.get("location") ?? "", repository);
  target.searchParams.set("digest", digest);
  const body = await openAsBlob(blobFile(layoutDir, digest));
  await ask(target, "PUT", [201], { body, headers: { "content-type": "application/octet-stream" } });
  return 1;
}

/**
 * Pushes the image of a layout by the OCI distribution API and points the tag at it. What the registry has is not sent again.
 * `registryBaseUrl` is http or https, without the /v2/. Throws a UserError when the registry does not answer or refuses.
 */
export async function pushImage(
  layoutDir: string,
  registryBaseUrl: string,
  repository: string,
  tag: string,
): Promise<Pushed> {
  const base = new URL(`/v2/${repository}/`, registryBaseUrl);
  const manifest = manifestDescriptor(layoutDir);
  const tagged = new URL(`manifests/${tag}`, base);
  const now = await ask(tagged, "HEAD", [200, 404], { headers: { accept: manifestType } });
  if (now.headers.get("docker-content-digest") === manifest.digest) return { digest: manifest.digest, sent: 0 };
  const { config, layers } = readManifest(layoutDir, manifest);
  let sent = 0;
  for (const blob of [...layers, config]) sent += await pushBlob(base, layoutDir, blob);
  const body = readFileSync(blobFile(layoutDir, manifest.digest));
  await ask(tagged, "PUT", [201], { body, headers: { "content-type": manifestType } });
  return { digest: manifest.digest, sent: sent + 1 };
}
