import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type ImageContents, usualPath } from "./image";
import { tar } from "./tar";

/** A reference to a blob (image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export const manifestType = "application/vnd.oci.image.manifest.v1+json";
/** Not compressed: the bytes, and so the digest, do not depend on a version of zlib. */
const layerType = "application/vnd.oci.image.layer.v1.tar";
const configType = "application/vnd.oci.image.config.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";

const epoch = "1970-01-01T00:00:00Z";

/** What Go and OCI call this machine's processor. */
export const architecture = (): string => (process.arch === "x64" ? "amd64" : process.arch);

export const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

export const blobFile = (layoutDir: string, digest: string): string =>
  join(layoutDir, "blobs", "sha256", digest.replace(/^sha256:/, ""));

/** Writes the image as an OCI image layout into an empty folder and returns the digest of its manifest. */
export function writeLayout(layoutDir: string, image: ImageContents): string {
  mkdirSync(join(layoutDir, "blobs", "sha256"), { recursive: true });
  const blob = (mediaType: string, bytes: Buffer): Descriptor => {
    const digest = digestOf(bytes);
    writeFileSync(blobFile(layoutDir, digest), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  /** Streams a blob, so that it is never completely in memory. */
  const pieces = (mediaType: string, content: Iterable<Buffer>): Descriptor => {
    const unnamed = join(layoutDir, "blobs", "sha256", "unnamed");
    const hash = createHash("sha256");
    const file = openSync(unnamed, "wx");
    let size = 0;
    for (const piece of content) {
      hash.update(piece);
      size += piece.length;
      for (let written = 0; written < piece.length; ) written += writeSync(file, piece, written);
    }
    closeSync(file);
    const digest = `sha256:${hash.digest("hex")}`;
    renameSync(unnamed, blobFile(layoutDir, digest));
    return { mediaType, digest, size };
  };
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

  const files = image.files.map(({ path, from, mode }) => ({ path, mode, content: () => readFileSync(from) }));
  const links = (image.links ?? []).map(({ path, target }) => ({ path, mode: 0o777, target }));
  const layer = pieces(layerType, tar([...files, ...links, { path: "/tmp", mode: 0o1777 }]));
  const platform = { architecture: architecture(), os: "linux" };
  const config = blob(
    configType,
    json({
      created: epoch,
      ...platform,
      config: {
        User: image.user,
        Env: image.env.some((entry) => entry.startsWith("PATH=")) ? image.env : [`PATH=${usualPath}`, ...image.env],
        Entrypoint: image.entrypoint,
        ...(image.workingDir && { WorkingDir: image.workingDir }),
        ...(image.stopSignal && { StopSignal: image.stopSignal }),
        Labels: {
          "org.opencontainers.image.title": image.name,
          "org.opencontainers.image.description": image.description,
        },
      },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
      history: [{ created: epoch, created_by: "images" }],
    }),
  );
  const manifest = blob(manifestType, json({ schemaVersion: 2, mediaType: manifestType, config, layers: [layer] }));
  const index = { schemaVersion: 2, mediaType: indexType, manifests: [{ ...manifest, platform }] };
  writeFileSync(join(layoutDir, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  writeFileSync(join(layoutDir, "index.json"), JSON.stringify(index));
  return manifest.digest;
}

/** The manifest of the only image in a layout. */
export function manifestDescriptor(layoutDir: string): Descriptor {
  const index = JSON.parse(readFileSync(join(layoutDir, "index.json"), "utf8")) as { manifests: [Descriptor] };
  return index.manifests[0];
}

export const readManifest = (layoutDir: string, { digest }: Descriptor): Manifest =>
  JSON.parse(readFileSync(blobFile(layoutDir, digest), "utf8")) as Manifest;

/** Digest of the image in the layout, or undefined when a file is missing or not what its name says. */
export function verifiedDigest(layoutDir: string): string | undefined {
  try {
    const descriptor = manifestDescriptor(layoutDir);
    const { config, layers } = readManifest(layoutDir, descriptor);
    const whole = [descriptor, config, ...layers].every(
      ({ digest }) => digestOf(readFileSync(blobFile(layoutDir, digest))) === digest,
    );
    return whole ? descriptor.digest : undefined;
  } catch {
    return undefined;
  }
}
