import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accounts, chosenFiles, isCommon, licences, shell } from "./debian-files";
import { candidates, unpackPackages } from "./debian-packages";
import { buildGoBinary, goSources, goVersion, licenceFiles } from "./go-binary";
import { type Image, type ImageContents, type ImageFile, imageUser } from "./image";
import { cachedImage, imageKey } from "./image-cache";
import type { PackagesImage } from "./image-definition";

/** Version of the build; increment it when the same packages have to result in another image. */
const layout = 4;

/** What starts the server: a script, or a program in Go. */
interface Start {
  /** Path in the image. */
  readonly path: string;
  /** Everything that it depends on. */
  readonly parts: readonly (string | Buffer)[];
  /** Its files; generated ones are written to the given folder. */
  readonly files: (workDir: string) => Promise<ImageFile[]>;
}

async function startOf(folder: string, name: string): Promise<Start> {
  if (existsSync(join(folder, "go.mod"))) {
    const path = `/usr/local/bin/${name}`;
    return {
      path,
      parts: [await goVersion(folder), ...goSources(folder)],
      files: async (workDir) => {
        const from = join(workDir, name);
        await buildGoBinary(folder, from);
        return [{ path, from, mode: 0o755 }, ...(await licenceFiles(folder))];
      },
    };
  }
  const from = join(folder, "start.sh");
  const path = "/usr/local/bin/start";
  return { path, parts: [readFileSync(from)], files: async () => [{ path, from, mode: 0o755 }] };
}

/**
 * The image of a server from the distribution's packages, and of what starts it: `<sources>/<name>/start.sh`, or the Go module in that folder.
 * The same packages give the same digest. Throws a UserError when there is no apt, no such package or no way to fetch it.
 */
export async function buildDebianImage(
  image: PackagesImage,
  { log, sources }: { readonly log: (line: string) => void; readonly sources: string },
): Promise<Image> {
  const { name, description, own, stopSignal } = image;
  const start = await startOf(join(sources, name), name);
  const recipe = JSON.stringify([layout, String(isCommon), ...Object.values(image).map(String)]);
  const isWanted = (one: string): boolean => own.test(one) || isCommon(one);
  const found = await candidates({ names: [image.package, ...shell, licences], isWanted, recipe }, log);
  const key = imageKey(recipe, JSON.stringify(found.packages), ...start.parts);
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
        ...(await start.files(workDir)),
      ],
      links,
      user: imageUser,
      entrypoint: [start.path],
      env: [],
      ...(stopSignal && { stopSignal }),
    };
  });
}
