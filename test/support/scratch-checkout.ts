import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root as checkout } from "./tree";

/** A git repository with this checkout's files as its one commit on the branch main, and its packages. */
export interface ScratchCheckout {
  readonly root: string;
  git(...args: string[]): string;
  /** Changes a file's text; throws when that changes nothing. */
  edit(path: string, change: (text: string) => string): void;
}

const author = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];

/** Copies the checkout as it stands, files not committed yet included. The caller removes `root`. */
export function scratchCheckout(): ScratchCheckout {
  const root = mkdtempSync(join(tmpdir(), "hardened-scratch-"));
  const git = (...args: string[]): string =>
    execFileSync("git", [...author, ...args], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const options = { cwd: checkout, encoding: "utf8", maxBuffer: 64 * 2 ** 20 } as const;
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], options);
  for (const file of new Set(listed.split("\0"))) {
    const [from, to] = [join(checkout, file), join(root, file)];
    if (file === "" || !existsSync(from)) continue;
    mkdirSync(dirname(to), { recursive: true });
    if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else copyFileSync(from, to);
  }
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--no-gpg-sign", "--message=base");
  symlinkSync(join(checkout, "node_modules"), join(root, "node_modules"));
  writeFileSync(join(root, ".git", "info", "exclude"), "node_modules\n");
  return {
    root,
    git,
    edit: (path, change) => {
      const before = readFileSync(join(root, path), "utf8");
      const after = change(before);
      if (after === before) throw new Error(`nothing to change in ${path}`);
      writeFileSync(join(root, path), after);
    },
  };
}
