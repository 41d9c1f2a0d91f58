// cspell:ignoreRegExp lib[a-z]+|elogind
import { existsSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Unpacked } from "./debian-packages";
import { type ImageFile, type ImageLink, imageUser } from "./image";
import { interpreter, librariesOf } from "./shared-libraries";

/** Files that no dependency names: the shell that starts the server, and the library that ends threads. */
const everywhere = /^(\/usr)?\/bin\/(dash|sh)$|\/libgcc_s\.so\.1$/;
/** Packages of the shell and its tools, which no other names. */
export const shell = ["coreutils", "dash"];
/** Package with the licences that the others' copyright files refer to. */
export const licences = "base-files";
/** Packages with a shell and the few tools of the script, beside all libraries but those that nothing here loads. */
export const isCommon = (name: string): boolean =>
  name === "zlib1g" ||
  name === licences ||
  // has the copyright file of libgcc and libstdc++
  /^gcc-\d+-base$/.test(name) ||
  shell.includes(name) ||
  (/^lib/.test(name) && !/perl|llvm|^libz3|elogind|^libpam-|-data$|-l10n$/.test(name));

const paths = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => ({
    entry,
    path: join(entry.parentPath, entry.name).slice(root.length),
  }));

/** Files to copy from an unpacked folder, by absolute path. */
export interface Choice {
  /** Programs and modules, with the libraries they load. */
  readonly programs: RegExp;
  /** Other files. */
  readonly data: RegExp;
  /** Files of no package: their licences are elsewhere, or they are generated from a package's files. @default none */
  readonly own?: RegExp;
}

/** Files of an unpacked folder for the image: the programs, the libraries that they load, a shell, and the copyright files of all packages. */
export async function chosenFiles(
  root: string,
  { programs, data, own }: Choice,
  unpacked: Unpacked,
): Promise<{ files: ImageFile[]; links: ImageLink[] }> {
  const all = paths(root);
  const started = all.filter(({ entry, path }) => entry.isFile() && (programs.test(path) || everywhere.test(path)));
  const libraries = await librariesOf(
    root,
    started.map(({ path }) => path),
  );
  const wanted = (path: string): boolean => programs.test(path) || everywhere.test(path) || data.test(path);
  const file = (path: string, from = join(root, path)): ImageFile => ({
    path,
    from,
    mode: statSync(from).mode & 0o755,
  });
  const links = all
    .filter(({ entry, path }) => entry.isSymbolicLink() && wanted(path))
    .map(({ path }) => ({ path, target: readlinkSync(join(root, path)) }));
  const files = [
    ...all.filter(({ entry, path }) => entry.isFile() && wanted(path)).map(({ path }) => file(path)),
    ...libraries.filter((path) => !everywhere.test(path)).map((path) => file(path)),
    file(interpreter().path, join(root, interpreter().within(root))),
  ];
  const brought = [...files.map(({ from }) => from.slice(root.length)), ...links.map(({ path }) => path)].filter(
    (path) => !own?.test(path),
  );
  return {
    files: [...files, ...copyrights(root, brought, unpacked).map((path) => file(path)), ...commonLicences(unpacked)],
    // newer packages only know /usr
    links: [...links, ...missingShell(all.map(({ path }) => path)), ...onPath(started.map(({ path }) => path))],
  };
}

/** The copyright file of each package that contains one of the paths. Throws when a package has none. */
function copyrights(root: string, brought: readonly string[], { packageOf }: Unpacked): string[] {
  const packages = brought.map((path) => {
    const name = packageOf.get(path);
    if (name === undefined) throw new Error(`${path} is of no package`);
    return name;
  });
  return [...new Set(packages)].sort().map((name) => {
    const path = `/usr/share/doc/${name}/copyright`;
    if (!existsSync(join(root, path))) throw new Error(`package ${name} has no copyright file`);
    return path;
  });
}

/** The texts of licences, each under every name it has. */
function commonLicences({ apart }: Unpacked): ImageFile[] {
  const folder = "/usr/share/common-licenses";
  const names = readdirSync(join(apart(licences), folder)).sort();
  return names.map((name) => ({
    path: join(folder, name),
    from: join(apart(licences), folder, name),
    mode: 0o644,
  }));
}

const missingShell = (all: readonly string[]): ImageLink[] =>
  all.includes("/bin/sh")
    ? []
    : ["sh", "rm", "chmod"].map((name) => ({ path: `/bin/${name}`, target: `/usr/bin/${name}` }));

/** Links on PATH to programs of the server in a versioned folder: probes, and operators that run it, use only their names. */
const onPath = (all: readonly string[]): ImageLink[] =>
  all
    .filter((path) => /^\/usr\/lib\/postgresql\/\d+\/bin\/[^/]+$/.test(path))
    .map((target) => ({ path: `/usr/local/bin/${basename(target)}`, target }));

/** A passwd entry of the image: programs such as initdb look up the name of their uid. */
export const accounts = (name: string): string => `${name}:x:${imageUser}:${name}:/tmp:/bin/sh\n`;
