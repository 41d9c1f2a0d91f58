import { join } from "node:path";
import { buildImages } from "../../images/build/build";
import type { GoProgram } from "../../images/build/go-licences";
import { type Image, imageUser } from "../../images/build/image";
import { imagesOf } from "../../images/build/image-definition";
import { packBinary } from "../../images/build/pack-binary";
import { pushImage } from "../../images/build/registry-client";
import { moduleFolder } from "../../process/toolchain/cache";
import { toolGroups } from "../../process/toolchain/groups";
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

/** A module without a licence file, and another of the same authors, under the same licence. */
const sameLicence = { "github.com/alibabacloud-go/cr-20160607": "github.com/alibabacloud-go/tea" };

/** What a tool was built from. */
function sourceOf(binary: string): GoProgram {
  const group = toolGroups.find(({ binaries }) => binary in binaries);
  if (group === undefined) throw new Error(`no tool called ${binary}`);
  return { folder: moduleFolder(group), packages: [group.binaries[binary] ?? "."], tags: group.tags, sameLicence };
}

/** Images of one built binary, which looks at the name it is started by, and the licences of what it is made of: one for each name, of one layer. */
const packPrograms = (names: readonly [string, ...string[]], description: string): Promise<Image>[] => {
  const [binary, ...others] = names;
  const path = (name: string): string => `/usr/local/bin/${name}`;
  return names.map((name) =>
    packBinary(
      {
        name,
        description,
        files: [{ path: path(binary), from: toolPath(binary), mode: 0o755 }],
        ...(others.length > 0 && { links: others.map((other) => ({ path: path(other), target: binary })) }),
        user: imageUser,
        entrypoint: [name],
        env: [],
      },
      sourceOf(binary),
    ),
  );
};

/** An image of one of the built tools, with its licences. */
export const packTool = (name: string, description: string): Promise<Image> =>
  packPrograms([name], description)[0] as Promise<Image>;

/** Pushes built tools that are one binary as images, and gives the reference of each by digest, in their order. */
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
    await packTool("coredns", "Cluster DNS."),
    await packTool("metrics-server", "Resource metrics."),
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
