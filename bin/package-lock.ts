/** The lock file of the npm packages, with the optional packages of every platform. `npm run lock` writes it after a change of package.json. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeError, UserError } from "../process/user-error";

const root = join(__dirname, "..");

/** What npm makes of package.json and the lock file. In a folder of its own: npm leaves out the optional packages that an existing node_modules lacks
 *  (npm/cli#4828). Without `resolved`, which names a registry. Throws a UserError with npm's words. */
export async function freshLock(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "package-lock-"));
  try {
    for (const file of ["package.json", "package-lock.json", ".npmrc"])
      copyFileSync(join(root, file), join(folder, file));
    const options = ["--package-lock-only", "--omit-lockfile-registry-resolved", "--loglevel=error"];
    await promisify(execFile)("npm", ["install", ...options], { cwd: folder });
    return readFileSync(join(folder, "package-lock.json"), "utf8");
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw stderr ? new UserError(`npm install --package-lock-only failed:\n${stderr.trim()}`) : error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  writeFileSync(join(root, "package-lock.json"), await freshLock());
}

if (require.main === module)
  main().catch((error: unknown) => {
    console.error(describeError(error));
    process.exitCode = 1;
  });
