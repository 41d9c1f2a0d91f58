/** Atomic writes: a file appears under its name with all its content, or not at all, also when the disk is full or the process is killed meanwhile. */
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { fileTrouble } from "./file-trouble";
import { UserError } from "./user-error";

/** Writes a file atomically, replacing an existing one. Throws a UserError with the reason of a failure; the existing file is then unchanged.
 *  @param mode permissions of the file, @default 0o600 */
export const writeAtomic = (file: string, content: string | Buffer, mode = 0o600): void =>
  told(file, () => beside(file, content, mode, (made) => renameSync(made, file)));

/** The same for a file that everyone may read, unless the existing one has other permissions. Throws the system's own errors. */
export const replaceAtomic = (file: string, text: string, before?: Stats): void =>
  beside(file, text, 0o666, (made) => {
    if (before !== undefined) chmodSync(made, before.mode & 0o777);
    renameSync(made, file);
  });

/** Creates a file unless it exists: of several concurrent processes, one does. Returns whether this one did.
 *  Throws a UserError with the reason of a failure. */
export const createExclusive = (file: string, text: string): boolean =>
  told(file, () =>
    beside(file, text, 0o600, (made) => {
      try {
        linkSync(made, file);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        return false;
      }
    }),
  );

/** Writes a temporary file, flushes it to disk and passes it to `place`; afterwards the temporary name is removed. */
function beside<T>(file: string, text: string | Buffer, mode: number, place: (made: string) => T): T {
  const made = `${file}.${randomUUID()}`;
  try {
    const opened = openSync(made, "wx", mode);
    try {
      writeFileSync(opened, text);
      fsyncSync(opened); // some file systems report only now that the disk is full
    } finally {
      closeSync(opened);
    }
    return place(made);
  } finally {
    rmSync(made, { force: true });
  }
}

/** Does the work on a file. Throws a UserError in place of the system's own errors. */
function told<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = fileTrouble(error);
    if (reason === undefined) throw error;
    throw new UserError(`${file} cannot be written: ${reason}`);
  }
}
