/** Remembers on disk which digests were verified under which policy, so that the next run needs no network. Only good news is kept: a signature that is
 *  there stays good for the same keys, a missing one may come. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "../manifest/read";
import { cacheRoot } from "../own-folders";

/** Folder of the entries. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string => join(cacheRoot(env), "signatures");

/** Who signed a digest, when that was verified before under a policy of this hash. A damaged entry is none. */
export function knownSigner(folder: string, digest: string, policyHash: string): string | undefined {
  try {
    const entry: unknown = JSON.parse(readFileSync(fileOf(folder, digest, policyHash), "utf8"));
    const signer = text(entry, "signer");
    return signer !== "" && text(entry, "checksum") === checksum(digest, policyHash, signer) ? signer : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps it. Written beside and renamed, so that a run killed meanwhile leaves no half entry; a cache that cannot be written only costs time. */
export function rememberSigner(folder: string, digest: string, policyHash: string, signer: string): void {
  const file = fileOf(folder, digest, policyHash);
  const fresh = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(
      fresh,
      JSON.stringify({ digest, policyHash, signer, checksum: checksum(digest, policyHash, signer) }),
      { mode: 0o600 },
    );
    renameSync(fresh, file);
  } catch {
    try {
      rmSync(fresh, { force: true });
    } catch {
      // the folder itself is no folder
    }
  }
}

const fileOf = (folder: string, digest: string, policyHash: string): string =>
  join(folder, `${createHash("sha256").update(`${digest} ${policyHash}`).digest("hex")}.json`);

const checksum = (...parts: readonly string[]): string => createHash("sha256").update(parts.join("\n")).digest("hex");
