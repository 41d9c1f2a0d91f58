import { join } from "node:path";
import { buildGoBinary, goSources, goVersion } from "./go-binary";
import { type Image, type ImageContents, imageUser } from "./image";
import { cachedImage, imageKey } from "./image-cache";

/** Images built from sources beside this file, and what each is. */
const descriptions = {
  mailroom: "Sorts mail from a screener mailbox by the sender's contact group.",
  "mail-server": "Mail and contacts server for one account: JMAP, CardDAV, and a page to look inside.",
  pause: "Holds a pod's namespaces open.",
} as const;

export type ImageName = keyof typeof descriptions;
export const imageNames = Object.keys(descriptions) as ImageName[];

export interface BuildOptions {
  /** Told what is done, a line each. */
  readonly log: (line: string) => void;
  /** Folder that holds a Go module for each name; @default this one */
  readonly sources?: string;
}

/**
 * Builds the images that are not in the cache, one after the other, and returns them all in the order asked for.
 * Throws a UserError with the compiler's words when a source does not build, or when there is no Go.
 */
export async function buildImages(names: readonly ImageName[], options: BuildOptions): Promise<Image[]> {
  const images: Image[] = [];
  for (const name of names) images.push(await buildImage(name, options));
  return images;
}

async function buildImage(name: ImageName, { log, sources = __dirname }: BuildOptions): Promise<Image> {
  const module = join(sources, name);
  const contents = (binary: string): ImageContents => ({
    name,
    description: descriptions[name],
    files: [{ path: `/usr/local/bin/${name}`, from: binary, mode: 0o755 }],
    user: imageUser,
    entrypoint: [name],
    env: [],
  });
  const key = imageKey(JSON.stringify(contents("")), await goVersion(module), ...goSources(module));
  return cachedImage(name, key, async (workDir) => {
    log(`building image ${name}`);
    const binary = join(workDir, name);
    await buildGoBinary(module, binary);
    return contents(binary);
  });
}
