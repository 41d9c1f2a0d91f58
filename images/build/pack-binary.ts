import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GoProgram, goLicences } from "./go-licences";
import type { Image, ImageContents } from "./image";
import { cachedImage, imageKey } from "./image-cache";

/**
 * Makes an image of files that are there already, such as tools built elsewhere. Equal files give an equal digest.
 * @param program what the files were built from: the image then carries the licences of all that is in them. @default none
 */
export function packBinary(contents: ImageContents, program?: GoProgram): Promise<Image> {
  const { files, ...rest } = contents;
  const places = files.map(({ path, mode }) => ({ path, mode }));
  const { folder, ...list } = program ?? {};
  const sums = folder === undefined ? [] : [JSON.stringify(list), readFileSync(join(folder, "go.sum"))];
  const key = imageKey(JSON.stringify({ rest, places }), ...files.map(({ from }) => readFileSync(from)), ...sums);
  return cachedImage(contents.name, key, async () => ({
    ...contents,
    files: [...files, ...(program === undefined ? [] : await goLicences(program))],
  }));
}
