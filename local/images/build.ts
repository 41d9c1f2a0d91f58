import { join } from "node:path";
import { buildDebianImage, type DebianImageName, debianImageNames } from "./debian-image";
import { buildGoBinary, goSources, goVersion } from "./go-binary";
import { goLicences } from "./go-licences";
import { type Image, type ImageContents, type ImageFile, imageUser } from "./image";
import { cachedImage, imageKey } from "./image-cache";

/** Images with one program built from the Go sources beside this file, and what each is. */
const descriptions = {
  mailroom: "Sorts mail from a screener mailbox by the sender's contact group.",
  "mail-server": "Mail and contacts server for one account: JMAP, CardDAV, and a page to look inside.",
  service: "Stands in for one service of a company platform: health, metrics, graceful shutdown, work on demand.",
  pause: "Holds a pod's namespaces open.",
  trevor: "HTTP API with background worker and database migrations.",
} as const;

type GoImageName = keyof typeof descriptions;
export type ImageName = GoImageName | DebianImageName;
/** Names of the images that are built from Go sources. */
export const imageNames = Object.keys(descriptions) as GoImageName[];

/** Other names a program is started by, which decide what it does. */
const otherNames: Partial<Record<GoImageName, readonly string[]>> = { trevor: ["uv", "alembic", "arq"] };

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

const isDebian = (name: ImageName): name is DebianImageName => debianImageNames.includes(name as DebianImageName);

async function buildImage(name: ImageName, { log, sources = __dirname }: BuildOptions): Promise<Image> {
  if (isDebian(name)) return buildDebianImage(name, { log, sources });
  const module = join(sources, name);
  const links = otherNames[name]?.map((other) => ({ path: `/usr/local/bin/${other}`, target: name }));
  const contents = (binary: string, licences: readonly ImageFile[]): ImageContents => ({
    name,
    description: descriptions[name],
    files: [{ path: `/usr/local/bin/${name}`, from: binary, mode: 0o755 }, ...licences],
    ...(links && { links }),
    user: imageUser,
    entrypoint: [name],
    env: [],
  });
  const key = imageKey(JSON.stringify(contents("", [])), await goVersion(module), ...goSources(module));
  return cachedImage(name, key, async (workDir) => {
    log(`building image ${name}`);
    const binary = join(workDir, name);
    await buildGoBinary(module, binary);
    return contents(binary, await goLicences(module));
  });
}
