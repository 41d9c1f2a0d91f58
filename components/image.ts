import { existsSync, readFileSync } from "node:fs";

/** A container image as a stack names it. */
export interface ImageReference {
  readonly repository: string;
  readonly tag?: string | undefined;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string | undefined;
}

/** Digests of locally built images, by repository; what the local cluster writes and a stack's `imageLock` names. */
export type ImageLock = Readonly<Record<string, string>>;

/** Reads an image lock; without the file images keep their tags. Throws an Error that names a broken file and the command that writes it. */
export function readImageLock(file: string): ImageLock {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ImageLock;
  } catch (error) {
    throw new Error(`image lock ${file} cannot be read (${(error as Error).message}); npm run cluster:up writes it`);
  }
}

/** The image with its digest from the lock, unless it has one of its own. */
export function pinned<T extends ImageReference>(image: T, lock: ImageLock): T {
  const digest = image.digest || lock[image.repository];
  return digest ? { ...image, digest } : image;
}
