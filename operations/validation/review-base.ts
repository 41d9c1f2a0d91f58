import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../config/project";
import { UserError } from "../../process/user-error";

const git = (args: readonly string[], env: NodeJS.ProcessEnv = {}): string =>
  execFileSync("git", args, {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 2 ** 20,
  }).trim();

/** The commit that a change is compared with: the merge base with `ref`, else `ref` itself. Throws a UserError when there is no such commit. */
export function baseCommit(ref: string): string {
  let commit: string;
  try {
    commit = git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  } catch {
    throw new UserError(
      `no commit "${ref}" here; fetch it first, e.g. git fetch origin main, and name it origin/main`,
      2,
    );
  }
  try {
    return git(["merge-base", commit, "HEAD"]);
  } catch {
    return commit; // a shallow clone, or no common history
  }
}

/** Runs a git command that writes below a folder. Throws a UserError with git's last line, as for a full disk. */
function writeTree(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
  try {
    git(args, env);
  } catch (error) {
    const { stderr = "" } = error as { readonly stderr?: string };
    const words = stderr
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^(fatal|error): /, "");
    throw new UserError(
      `the files of the base cannot be written to ${folder}: ${words || (error as Error).message}; set TMPDIR to a folder with room for a checkout`,
      2,
    );
  }
}

/** The rendered objects of a stack at the base: empty when the base has no such stack, or the reason why they cannot be rendered. */
export type BaseRendering = { readonly text: string } | { readonly reason: string };

/** A commit's files in a temporary folder, rendered by their own code with this checkout's packages. */
export class Base {
  private constructor(
    private readonly folder: string,
    readonly commit: string,
  ) {}

  /** Extracts a commit. The repository is not changed: neither its branches nor its index nor other work trees. Call `remove` afterwards. */
  static layOut(commit: string): Base {
    const folder = mkdtempSync(join(tmpdir(), "hardened-review-"));
    const base = new Base(folder, commit);
    try {
      const { tree } = base;
      mkdirSync(tree);
      const index = { GIT_INDEX_FILE: join(folder, "index") };
      writeTree(tree, ["read-tree", commit], index);
      writeTree(tree, ["checkout-index", "--all", `--prefix=${tree}/`], index);
      for (const shared of ["node_modules", ".hardened"]) {
        if (existsSync(join(projectRoot, shared))) symlinkSync(join(projectRoot, shared), join(tree, shared));
      }
      return base;
    } catch (error) {
      base.remove();
      throw error;
    }
  }

  /** The folder with its files. */
  get tree(): string {
    return join(this.folder, "tree");
  }

  /** Whether the base requires other packages than the ones it is rendered with. */
  get otherPackages(): boolean {
    const lock = (root: string): string => readFileSync(join(root, "package-lock.json"), "utf8");
    return lock(this.tree) !== lock(projectRoot);
  }

  /** Renders a stack as the base's own code does. */
  render(stack: string): BaseRendering {
    const { tree } = this;
    if (!existsSync(join(tree, `Pulumi.${stack}.yaml`))) return { text: "" };
    const result = spawnSync(join(tree, "bin", "hardened"), ["render", "--stack", stack], {
      cwd: tree,
      encoding: "utf8",
      timeout: 120_000,
      maxBuffer: 256 * 2 ** 20,
    });
    if (result.status === 0) return { text: result.stdout };
    const said = result.stderr
      .trim()
      .split("\n")[0]
      ?.replace(/^\w*Error: /, "");
    return { reason: result.error?.message ?? (said || `exit code ${result.status}`) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
