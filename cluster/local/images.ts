import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { buildImages } from "../../images/build/build";
import { type Image, type ImageFile, imageUser } from "../../images/build/image";
import { imagesOf } from "../../images/build/image-definition";
import { packBinary } from "../../images/build/pack-binary";
import { pushImage } from "../../images/build/registry-client";
import { licenceFolder } from "../../process/toolchain/cache";
import { toolPath } from "../../process/toolchain/locate";
import { registryName } from "./addresses";
import { registryUrl } from "./host-ports";
import { writeImageLock } from "./image-lock";
import { type Instance, instanceOf } from "./names";

/** Names and digests of the project's own images, for the Pulumi program: `{"<registry>/<image>": "sha256:…"}`. */
export const imageLockFile = join(__dirname, "../../.hardened/images.json");

const tag = "local";

async function push(instance: Instance, image: Image): Promise<void> {
  await pushImage(image.layoutDir, registryUrl(instance), image.name, tag);
}

/** Tools that the cluster itself runs in pods, with the descriptions of their images. */
const systemTools = { coredns: "Cluster DNS.", "metrics-server": "Resource metrics." } as const;

/** The licences that were kept with a tool, as files of its image. Throws when there are none (`isPacked` in process/toolchain/groups.ts). */
function licencesOf(binary: string): ImageFile[] {
  const folder = licenceFolder(dirname(toolPath(binary)));
  if (!existsSync(folder)) throw new Error(`no licences were kept with ${binary}`);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((from) => ({ path: join("/licenses", relative(folder, from)), from, mode: 0o644 }));
}

/** Images of one built binary, which looks at the name it is started by: one for each name, of one layer. */
const packPrograms = (
  names: readonly [string, ...string[]],
  description: string,
  licences: readonly ImageFile[] = [],
): Promise<Image>[] => {
  const [binary, ...others] = names;
  const path = (name: string): string => `/usr/local/bin/${name}`;
  return names.map((name) =>
    packBinary({
      name,
      description,
      files: [{ path: path(binary), from: toolPath(binary), mode: 0o755 }, ...licences],
      ...(others.length > 0 && { links: others.map((other) => ({ path: path(other), target: binary })) }),
      user: imageUser,
      entrypoint: [name],
      env: [],
    }),
  );
};

/** An image of one of the tools that the cluster itself runs in pods, with the licences of what is in it. */
export const packSystemTool = (name: keyof typeof systemTools): Promise<Image> =>
  packPrograms([name], systemTools[name], licencesOf(name))[0] as Promise<Image>;

/** Pushes built tools that are one binary as images without licences, for tests, and gives the reference of each by digest, in their order. */
export async function publishPrograms(
  instance: Instance,
  names: readonly [string, ...string[]],
  description: string,
): Promise<string[]> {
  const references: string[] = [];
  for (const packing of packPrograms(names, description)) {
    const image = await packing;
    await push(instance, image);
    references.push(`${registryName}/${image.name}@${image.digest}`);
  }
  return references;
}

/** Pushes what the cluster itself runs, and gives each add-on's image by digest. */
export async function pushSystemImages(
  instance: Instance,
  log: (line: string) => void,
): Promise<Record<"coredns" | "metrics-server", string>> {
  const images = [
    // First: without it no pod starts.
    ...(await buildImages(["pause"], { log })),
    await packSystemTool("coredns"),
    await packSystemTool("metrics-server"),
  ];
  for (const image of images) await push(instance, image);
  const reference = (name: string): string =>
    `${registryName}/${name}@${images.find((one) => one.name === name)?.digest}`;
  return { coredns: reference("coredns"), "metrics-server": reference("metrics-server") };
}

/**
 * Builds the images that the systems need, pushes them to the instance's registry and writes their digests to the image lock, where
 * those of other systems stay. Does only what is missing. Throws a UserError when a source does not build or the registry does not answer.
 */
export async function publishImages(options: {
  readonly name?: string;
  readonly systems: readonly string[];
  readonly log: (line: string) => void;
}): Promise<void> {
  const instance = instanceOf(options.name);
  const images = await buildImages(imagesOf(options.systems), { log: options.log });
  for (const image of images) await push(instance, image);
  const digests = Object.fromEntries(images.map((image) => [`${registryName}/${image.name}`, image.digest]));
  await writeImageLock(imageLockFile, digests, options.log);
}
