import {
  accessSync,
  constants,
  lstatSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { decodeText, isMislabelled } from "../../policy/manifest/decode-text";
import { replaceAtomic } from "../../process/atomic-write";
import { fileTrouble } from "../../process/file-trouble";
import { mislabelled } from "../../process/read-text";
import { UserError } from "../../process/user-error";

/** Writes a file atomically, or into a device, a pipe or an open file such as /dev/stdout. Throws a UserError with the reason of a failure; an existing
 *  file is then unchanged.
 *  @param exitCode exit code of that error; @default 2 */
export function writeText(path: string, text: string, exitCode = 2): void {
  try {
    put(path, text);
  } catch (error) {
    const reason = fileTrouble(error);
    if (reason === undefined) throw error;
    const fix =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "its folder does not exist; make it first" : reason;
    throw new UserError(`${path} cannot be written: ${fix}`, exitCode);
  }
}

/** Error codes of a folder in which no file can be created, and of a file that is a mount point. */
const notReplaceable = ["EACCES", "EBUSY", "EPERM", "EROFS", "EXDEV"];

function put(path: string, text: string): void {
  const before = statSync(path, { throwIfNoEntry: false });
  const file = fileAt(path);
  if (file === undefined || (before && isMoreThanContent(before))) {
    writeFileSync(path, text);
    return;
  }
  if (before) accessSync(file, constants.W_OK);
  try {
    replaceAtomic(file, text, before);
  } catch (error) {
    if (before === undefined || !notReplaceable.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    writeFileSync(file, text);
  }
}

/** Target of a path after its links; undefined for one that must not be replaced by a new file. */
function fileAt(path: string): string | undefined {
  if (/^\/(dev|proc)\//.test(resolve(path))) return undefined;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return path;
  if (!found.isSymbolicLink()) return undefined;
  const target = readlinkSync(path);
  return fileAt(isAbsolute(target) ? target : join(realpathSync(dirname(path)), target));
}

/** Whether replacing the file would change more than its content: its owner, or its other hard links. */
const isMoreThanContent = ({ uid, nlink }: Stats): boolean => nlink > 1 || uid !== process.getuid?.();

/** All of standard input. Throws a UserError (exit code 2) when its byte order mark is wrong. Does not block the process, so that Ctrl-C works while the writer is slow. */
export async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (isMislabelled(bytes)) throw new UserError(`standard input cannot be read: ${mislabelled}`, 2);
  return decodeText(bytes);
}
