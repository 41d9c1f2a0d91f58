import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accounts, chosenFiles, isCommon, licences, shell } from "./debian-files";
import { candidates, unpackPackages } from "./debian-packages";
import { type Image, type ImageContents, imageUser } from "./image";
import { cachedImage, imageKey } from "./image-cache";
import type { PackagesImage } from "./image-definition";

/** Raise it when the same packages have to give another image. */
const layout = 4;

/**
 * The image of a server from the distribution's packages and `<sources>/<name>/start.sh`. The same packages give the same digest.
 * Throws a UserError when there is no apt, no such package or no way to fetch it.
 */
export async function buildDebianImage(
  image: PackagesImage,
  { log, sources }: { readonly log: (line: string) => void; readonly sources: string },
): Promise<Image> {
  const { name, description, own, stopSignal } = image;
  const start = join(sources, name, "start.sh");
  const recipe = JSON.stringify([layout, String(isCommon), ...Object.values(image).map(String)]);
  const isWanted = (one: string): boolean => own.test(one) || isCommon(one);
  const found = await candidates({ names: [image.package, ...shell, licences], isWanted, recipe }, log);
  const key = imageKey(recipe, JSON.stringify(found.packages), readFileSync(start));
  return cachedImage(name, key, async (workDir): Promise<ImageContents> => {
    log(`building image ${name} from ${found.packages.length} packages of this distribution`);
    const root = join(workDir, "root");
    const unpacked = await unpackPackages(found, root, [licences]);
    writeFileSync(join(workDir, "passwd"), accounts(name));
    const { files, links } = await chosenFiles(root, image, unpacked);
    return {
      name,
      description,
      files: [
        ...files,
        { path: "/etc/passwd", from: join(workDir, "passwd"), mode: 0o644 },
        { path: "/usr/local/bin/start", from: start, mode: 0o755 },
      ],
      links,
      user: imageUser,
      entrypoint: ["/usr/local/bin/start"],
      env: [],
      ...(stopSignal && { stopSignal }),
    };
  });
}
