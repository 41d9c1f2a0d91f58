import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const isLicence = (name: string): boolean =>
  /^(license|licence|notice|copying|copyright|patents)([._-].*)?$/i.test(name);

/** A folder and those above it, up to the module's own. */
const upTo = (module: string, folder: string): string[] =>
  folder === module || dirname(folder) === folder ? [folder] : [folder, ...upTo(module, dirname(folder))];

/** A licence or a notice. */
export interface LicenceFile {
  /** `<module path>/<file>`. */
  readonly path: string;
  /** File it comes from. */
  readonly from: string;
}

/** Files with licences and notices in a folder of a module. */
const within = (folder: string, name: string): LicenceFile[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isLicence(entry.name))
    .map((entry) => ({ path: join(name, entry.name), from: join(folder, entry.name) }));

/** What a program is built from. */
export interface GoProgram {
  /** Its main packages. @default the one in the folder */
  readonly packages?: readonly string[];
  /** Build tags, with commas between. @default none */
  readonly tags?: string | undefined;
  /** For a module without a licence file, another with the same licence, whose files it gets. @default none */
  readonly sameLicence?: Readonly<Record<string, string>>;
}

/**
 * The licence files of every module that a program is built from, and those of Go, whose standard library is the module `std`. Throws when a module has none.
 * @param go runs Go in the folder of the module, with the environment and the module cache of the build, and returns its output
 */
export async function goLicences(
  go: (...args: string[]) => Promise<string>,
  { packages = ["."], tags = "", sameLicence = {} }: GoProgram = {},
): Promise<LicenceFile[]> {
  const format = "{{$package := .Dir}}{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}\t{{$package}}{{end}}{{end}}";
  const listed = await go("list", "-deps", `-tags=${tags}`, "-f", format, ...packages);
  const lines = listed.split("\n").filter((line) => line !== "");
  const found = new Map<string, LicenceFile>();
  const none = new Set<string>();
  for (const line of lines) {
    const [module = "", home = "", used = ""] = line.split("\t");
    if (within(home, module).length === 0) none.add(module);
    for (const one of upTo(home, used))
      for (const file of within(one, join(module, one.slice(home.length)))) found.set(file.path, file);
  }
  for (const [module, other] of Object.entries(sameLicence)) {
    if (!none.has(module)) continue;
    const files = [...found.values()].filter(({ path }) => dirname(path) === other);
    for (const { path, from } of files) {
      const own = join(module, basename(path));
      found.set(own, { path: own, from });
      none.delete(module);
    }
  }
  for (const file of within(await go("env", "GOROOT"), "std")) found.set(file.path, file);
  if (none.size > 0) throw new Error(`no licence file in ${[...none].join(", ")}`);
  return [...found.values()];
}
