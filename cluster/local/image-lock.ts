import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { withLock } from "../../process/lock";
import { writeWhole } from "../../process/whole-file";

type Digests = Readonly<Record<string, string>>;

/** What a lock says; nothing when there is none, or one that cannot be read, which is rewritten. */
function readDigests(file: string): Digests {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Digests;
  } catch {
    return {};
  }
}

/** Adds digests to an image lock, in place of those of the same repositories. Clusters that come up at once wait for one another. */
export async function writeImageLock(file: string, digests: Digests): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  await withLock(`${file}.lock`, async () => {
    const all = Object.entries({ ...readDigests(file), ...digests }).sort(([a], [b]) => (a < b ? -1 : 1));
    writeWhole(file, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`, 0o644);
  });
}
