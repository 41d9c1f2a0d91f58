import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../process/user-error";
import { imageCacheFolder } from "./image-cache";

const run = promisify(execFile);

/** A package in the version that apt currently offers. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** Digest of the package's file, which apt checks against the distribution's signature. */
  readonly sha256: string;
}

/** Packages, and the options with which apt finds them. */
export interface Candidates {
  readonly packages: readonly DebianPackage[];
  readonly options: readonly string[];
}

async function apt(program: string, args: readonly string[], cwd?: string): Promise<string> {
  try {
    return (await run(program, [...args], { cwd, maxBuffer: 64 * 2 ** 20 })).stdout;
  } catch (error) {
    const { code, stderr, stdout } = error as { code?: unknown; stderr?: string; stdout?: string };
    if (code === "ENOENT")
      throw new UserError(
        `${program} was not found: the PostgreSQL and Redis images and the local cluster's firewall are made of Debian's or Ubuntu's packages`,
      );
    if (program === "apt-cache") return stdout ?? ""; // it ends with an error when one of the names is unknown
    const words = (stderr ?? "").trim().split("\n").slice(-4).join("\n  ");
    throw new UserError(`${program} ${args.at(-1)} failed:\n  ${words}`);
  }
}

/** Package lists of this project's own, for machines that have none or too old ones; nothing of the system is changed. */
function ownLists(): string[] {
  const folder = join(imageCacheFolder(), "apt");
  for (const part of ["lists/partial", "archives/partial"]) mkdirSync(join(folder, part), { recursive: true });
  return ["-o", `Dir::State::lists=${join(folder, "lists")}`, "-o", `Dir::Cache=${folder}`];
}

/** The packages and all their dependencies, without recommended and suggested ones. */
async function closure(names: readonly string[], options: readonly string[]): Promise<string[]> {
  const others = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map((one) => `--no-${one}`);
  const shown = await apt("apt-cache", [...options, "depends", "--recurse", ...others, ...names]);
  return shown.split("\n").filter((line) => /^[a-z0-9]/.test(line));
}

function parse(shown: string): DebianPackage[] {
  return shown.split("\n\n").flatMap((paragraph) => {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1] ?? "";
    return field("SHA256") ? [{ name: field("Package"), version: field("Version"), sha256: field("SHA256") }] : [];
  });
}

/** A query of apt. */
export interface Question {
  /** Required packages; the first one names the cached result. */
  readonly names: readonly string[];
  /** Filters them and their dependencies. */
  readonly isWanted: (needed: string) => boolean;
  /** Cache key of `isWanted`. */
  readonly recipe: string;
}

/** When the package lists last changed: apt puts new files into the folder. */
function listsChanged(): number[] {
  const folders = ["/var/lib/apt/lists", join(imageCacheFolder(), "apt", "lists")];
  return folders.map((folder) => statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

/** Cached result of the query, recomputed only when the package lists or the query have changed: apt takes a second. */
export async function candidates(question: Question, log: (line: string) => void): Promise<Candidates> {
  const file = join(imageCacheFolder(), "apt", `${question.names[0]}.json`);
  const stamp = (): string => JSON.stringify([question.names, question.recipe, listsChanged()]);
  try {
    const { asked, found } = JSON.parse(readFileSync(file, "utf8")) as { asked: string; found: Candidates };
    if (asked === stamp()) return found;
  } catch {
    // not cached
  }
  const found = await ask(question, log);
  mkdirSync(join(imageCacheFolder(), "apt"), { recursive: true });
  writeFileSync(file, JSON.stringify({ asked: stamp(), found }));
  return found;
}

/**
 * The packages that apt would install, filtered, sorted by name, from the machine's own package lists, else from newly downloaded ones.
 * Throws a UserError when there is no such package.
 */
async function ask({ names, isWanted }: Question, log: (line: string) => void): Promise<Candidates> {
  let missing = names;
  for (const fresh of [false, true]) {
    const options = fresh ? ownLists() : [];
    if (fresh) {
      log(`fetching lists of packages: this machine's do not have ${missing.join(", ")}`);
      await apt("apt-get", [...options, "-q", "update"]);
    }
    const needed = await closure(names, options);
    missing = names.filter((name) => !needed.includes(name));
    if (missing.length > 0) continue;
    const wanted = [...new Set(needed.filter(isWanted))].sort();
    return { packages: parse(await apt("apt-cache", [...options, "show", "--no-all-versions", ...wanted])), options };
  }
  throw new UserError(`apt has no package ${missing.join(", ")}; packages of Debian or Ubuntu are needed`);
}

/** Unpacked packages. */
export interface Unpacked {
  /** Name of the package that contains a path. */
  readonly packageOf: ReadonlyMap<string, string>;
  /** Folder of each package that was unpacked separately. */
  apart(name: string): string;
}

/**
 * Downloads packages and unpacks them into one folder; those named in `apart` into separate folders next to it.
 * Nothing is installed, and no package's script runs.
 */
export async function unpackPackages(
  { packages, options }: Candidates,
  into: string,
  apart: readonly string[],
): Promise<Unpacked> {
  const archives = `${into}.debs`;
  mkdirSync(archives, { recursive: true });
  mkdirSync(into, { recursive: true });
  const wanted = packages.map(({ name, version }) => `${name}=${version}`);
  await apt("apt-get", [...options, "-q", "-o", "APT::Sandbox::User=root", "download", ...wanted], archives);
  const packageOf = new Map<string, string>();
  for (const file of readdirSync(archives).sort()) {
    const name = file.replace(/_.*$/, "");
    const isApart = apart.includes(name);
    const listed = await apt("dpkg-deb", ["-X", join(archives, file), isApart ? `${into}.${name}` : into]);
    if (!isApart) for (const path of listed.split("\n")) packageOf.set(path.replace(/^\./, ""), name);
  }
  return { packageOf, apart: (name) => `${into}.${name}` };
}
