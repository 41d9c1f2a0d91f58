import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeAtomic } from "../../process/atomic-write";
import { type Holder, withLock } from "../../process/lock";

type Digests = Readonly<Record<string, string>>;

/** What a lock says; nothing when there is none, or one that cannot be read, which is rewritten. */
function readDigests(file: string): Digests {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Digests;
  } catch {
    return {};
  }
}

/** Adds digests to an image lock, in place of those of the same repositories. Clusters that come up at once wait for one another, and say so. */
export async function writeImageLock(file: string, digests: Digests, log: (line: string) => void): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const write = async (): Promise<void> => {
    const all = Object.entries({ ...readDigests(file), ...digests }).sort(([a], [b]) => (a < b ? -1 : 1));
    writeAtomic(file, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`, 0o644);
  };
  const onWait = ({ who, check }: Holder): void => log(`${file} is being written by ${who}; waiting for it${check}`);
  await withLock(`${file}.lock`, write, { onWait });
}
