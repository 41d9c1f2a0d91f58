import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectName } from "../../config/project";
import { stateFolder } from "../../policy/own-folders";
import { type Holder, withLock } from "../../process/lock";
import { UserError } from "../../process/user-error";

/** Folder of a backend in the file system; undefined for another kind of backend. A relative path is resolved from Pulumi's work folder. */
export function backendFolder(backend: string, workDir: string): string | undefined {
  if (!backend.startsWith("file://")) return undefined;
  const path = backend.slice("file://".length).replace(/\?.*$/, "");
  if (path.startsWith("~")) return join(homedir(), path.slice(1));
  return path.startsWith("/") ? fileURLToPath(`file://${path}`) : join(workDir, path);
}

/**
 * Runs `work` while no other `hardened` changes the same stack on the same backend: of those that share the backend's folder, in any
 * container; for another kind of backend, of those on this machine. Throws a UserError that names the holder of the lock. Pulumi's
 * own lock covers only the part of a run in which its engine makes changes.
 * @param root folder of the backend, if it is one
 */
export function withStackLock<T>(
  stack: string,
  backend: string,
  root: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const id = createHash("sha256").update(`${backend}\n${projectName}/${stack}`).digest("hex").slice(0, 16);
  const file =
    root === undefined
      ? join(stateFolder(), "runs", `${stack}-${id}.lock`)
      : join(root, ".hardened", "runs", `${stack}.lock`);
  const onWait = ({ who, check }: Holder): never => {
    throw new UserError(`stack ${stack} is being changed by ${who}; wait until it has ended${check}`);
  };
  return withLock(file, work, { onWait });
}
