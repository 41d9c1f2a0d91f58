import { dirname } from "node:path";

/** Messages for error codes of the operating system. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EDQUOT: "the disk is full",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "there is no such file",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is no folder",
  EPERM: "no permission",
  EROFS: "the disk is read-only",
  ERR_STRING_TOO_LONG: "it is too large",
  ERR_FS_FILE_TOO_LARGE: "it is too large",
};

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? String(error.code) : undefined;

/** Why a file could not be read or written; undefined for anything but the system's own errors. */
export function fileTrouble(error: unknown): string | undefined {
  const code = codeOf(error);
  return code === undefined ? undefined : (meanings[code] ?? code);
}

/** Error codes whose cause is the machine's disk, never this program. */
const ofTheDisk = ["EACCES", "EDQUOT", "ENOSPC", "EPERM", "EROFS"];

/** One sentence for a file or folder that could not be written because of the machine's disk, or that is missing as TMPDIR; undefined for any other error. */
export function diskTrouble(error: unknown): string | undefined {
  const { path, syscall } = error as NodeJS.ErrnoException;
  const inTemporary = syscall === "mkdtemp";
  if (!inTemporary && !ofTheDisk.includes(codeOf(error) ?? "")) return undefined;
  if (inTemporary)
    return `no temporary folder can be made in ${dirname(path ?? "")}: ${fileTrouble(error)}; set TMPDIR to a folder that can be written`;
  const reason = fileTrouble(error);
  return path === undefined ? `${reason} (${syscall})` : `${path} (${syscall}): ${reason}`;
}
