/** A container image in the cache. */
export interface Image {
  readonly name: string;
  /** Digest of the manifest: `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Folder with the image as an OCI image layout (image-spec, image-layout.md). */
  readonly layoutDir: string;
}

/** Contents of an image. Nothing else is part of it, so equal contents have equal digests. */
export interface ImageContents {
  readonly name: string;
  /** One sentence, shown as `org.opencontainers.image.description`. */
  readonly description: string;
  readonly files: readonly ImageFile[];
  /** Symbolic links. @default none */
  readonly links?: readonly ImageLink[];
  /** `uid:gid`; a name would keep the kubelet from proving that it is not root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  /** `NAME=value`; without a PATH of its own the image gets the usual one. */
  readonly env: readonly string[];
  /** Folder the program is started in. @default "/" */
  readonly workingDir?: string;
  /** Signal for a graceful shutdown. @default SIGTERM */
  readonly stopSignal?: string;
}

export interface ImageFile {
  /** Absolute path in the image. */
  readonly path: string;
  /** File it comes from. */
  readonly from: string;
  /** Permission bits. */
  readonly mode: number;
}

export interface ImageLink {
  /** Absolute path in the image. */
  readonly path: string;
  /** What it points to, as written. */
  readonly target: string;
}

/** PATH for programs of the distribution's packages. */
export const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** uid and gid every image built here runs as. */
export const imageUser = "10001:10001";
