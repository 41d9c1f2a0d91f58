import { readFileSync } from "node:fs";
import type { Image, ImageContents } from "./image";
import { cachedImage, imageKey } from "./image-cache";

/** Makes an image of files that are there already, such as tools built elsewhere. Equal files give an equal digest. */
export function packBinary(contents: ImageContents): Promise<Image> {
  const { files, ...rest } = contents;
  const places = files.map(({ path, mode }) => ({ path, mode }));
  const key = imageKey(JSON.stringify({ rest, places }), ...files.map(({ from }) => readFileSync(from)));
  return cachedImage(contents.name, key, async () => contents);
}
