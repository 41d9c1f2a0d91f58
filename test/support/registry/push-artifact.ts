import { createHash } from "node:crypto";

const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** Pushes a file to a registry as an OCI artifact of one layer, as `oras push` does, and returns the manifest's digest. */
export async function pushArtifact(
  registry: string,
  { repository, tag, type, content }: { repository: string; tag: string; type: string; content: string },
): Promise<string> {
  const send = async (path: string, method: string, body?: Buffer, contentType = "application/octet-stream") => {
    const init = { method, ...(body && { body: new Uint8Array(body), headers: { "content-type": contentType } }) };
    const response = await fetch(new URL(path, registry), init);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const blob = async (bytes: Buffer, mediaType: string) => {
    const begun = await send(`/v2/${repository}/blobs/uploads/`, "POST");
    const target = new URL(begun.headers.get("location") ?? "", registry);
    target.searchParams.set("digest", digestOf(bytes));
    await send(target.href, "PUT", bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  const config = await blob(Buffer.from("{}"), "application/vnd.oci.empty.v1+json");
  const layer = await blob(Buffer.from(content), type);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType, artifactType: type, config, layers: [layer] }),
  );
  await send(`/v2/${repository}/manifests/${tag}`, "PUT", manifest, mediaType);
  return digestOf(manifest);
}
