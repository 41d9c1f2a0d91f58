import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { go } from "./go-binary";
import type { ImageFile } from "./image";

const isLicence = (name: string): boolean =>
  /^(license|licence|notice|copying|copyright|patents)([._-].*)?$/i.test(name);

/** A folder and those above it, up to the module's own. */
const upTo = (module: string, folder: string): string[] =>
  folder === module || dirname(folder) === folder ? [folder] : [folder, ...upTo(module, dirname(folder))];

/** Files with licences and notices in a folder, as they are named below `/licenses` in the image. */
const within = (folder: string, name: string): ImageFile[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isLicence(entry.name))
    .map((entry) => ({ path: join("/licenses", name, entry.name), from: join(folder, entry.name), mode: 0o644 }));

/** What a program was built from. */
export interface GoProgram {
  /** Folder of its module. */
  readonly folder: string;
  /** Its main packages. @default the one in the folder */
  readonly packages?: readonly string[];
  /** Build tags, with commas between. @default none */
  readonly tags?: string | undefined;
  /** For a module without a licence file, another with the same licence, whose files it gets. @default none */
  readonly sameLicence?: Readonly<Record<string, string>>;
}

/**
 * The licence files of every module that a program is built from, below `/licenses/<module path>`, and those of Go, whose standard library
 * is the module `std`. Throws when a module has none.
 */
export async function goLicences({
  folder,
  packages = ["."],
  tags = "",
  sameLicence = {},
}: GoProgram): Promise<ImageFile[]> {
  const format = "{{$package := .Dir}}{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}\t{{$package}}{{end}}{{end}}";
  const listed = await go(folder, "list", "-deps", `-tags=${tags}`, "-f", format, ...packages);
  const lines = listed.split("\n").filter((line) => line !== "");
  const found = new Map<string, ImageFile>();
  const none = new Set<string>();
  for (const line of lines) {
    const [module = "", home = "", used = ""] = line.split("\t");
    if (within(home, module).length === 0) none.add(module);
    for (const one of upTo(home, used))
      for (const file of within(one, join(module, one.slice(home.length)))) found.set(file.path, file);
  }
  for (const [module, other] of Object.entries(sameLicence)) {
    if (!none.has(module)) continue;
    const files = [...found.values()].filter(({ path }) => dirname(path) === join("/licenses", other));
    for (const { path, ...file } of files) {
      const own = join("/licenses", module, basename(path));
      found.set(own, { ...file, path: own });
      none.delete(module);
    }
  }
  for (const file of within(await go(folder, "env", "GOROOT"), "std")) found.set(file.path, file);
  if (none.size > 0) throw new Error(`no licence file in ${[...none].join(", ")}`);
  return [...found.values()];
}
