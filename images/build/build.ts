import { join } from "node:path";
import { buildDebianImage } from "./debian-image";
import { buildGoBinary, goSources, goVersion, licenceFiles } from "./go-binary";
import { type Image, type ImageContents, type ImageFile, imageUser } from "./image";
import { cachedImage, imageKey } from "./image-cache";
import { type GoImage, type ImageDefinition, imageDefinitions, imagesFolder } from "./image-definition";
import { buildPythonImage } from "./python-image";

export interface BuildOptions {
  /** Receives progress lines. */
  readonly log: (line: string) => void;
  /** Folder with one folder per image. @default `images/` */
  readonly sources?: string;
}

/**
 * Builds the images that are not in the cache, one after the other, and returns all of them in the given order.
 * Throws a UserError with the compiler's output when a build fails, or when there is no Go; an Error when no folder defines an image of that name.
 */
export async function buildImages(names: readonly string[], options: BuildOptions): Promise<Image[]> {
  const { log, sources = imagesFolder } = options;
  const defined = new Map(imageDefinitions(sources).map((image) => [image.name, image]));
  const images: Image[] = [];
  for (const name of names) {
    const image = defined.get(name);
    if (image === undefined)
      throw new Error(`no image ${name} in ${sources}; there are ${[...defined.keys()].join(", ")}`);
    const build = { log, sources };
    images.push(await buildImage(image, build));
  }
  return images;
}

function buildImage(image: ImageDefinition, build: Required<BuildOptions>): Promise<Image> {
  switch (image.from) {
    case "go":
      return buildGoImage(image, build);
    case "packages":
      return buildDebianImage(image, build);
    case "python":
      return buildPythonImage(image, build);
  }
}

async function buildGoImage(image: GoImage, { log, sources }: Required<BuildOptions>): Promise<Image> {
  const { name, description, sameLicence, seconds } = image;
  const module = join(sources, name);
  const contents = (binary: string, licences: readonly ImageFile[]): ImageContents => ({
    name,
    description,
    files: [{ path: `/usr/local/bin/${name}`, from: binary, mode: 0o755 }, ...licences],
    user: imageUser,
    entrypoint: [name],
    env: [],
  });
  const key = imageKey(JSON.stringify(contents("", [])), await goVersion(module), ...goSources(module));
  return cachedImage(name, key, async (workDir) => {
    log(`building image ${name}${seconds === undefined ? "" : ` (about ${seconds} s on two cores)`}`);
    const binary = join(workDir, name);
    await buildGoBinary(module, binary);
    return contents(binary, await licenceFiles(module, { sameLicence }));
  });
}
