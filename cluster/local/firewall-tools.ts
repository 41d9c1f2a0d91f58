// cspell:ignore xtables
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { candidates, unpackPackages } from "../../images/build/debian-packages";
import { interpreter } from "../../images/build/shared-libraries";
import { type Holder, withLock } from "../../process/lock";
import { cacheFolder } from "../../process/toolchain/cache";
import { runAsync } from "./commands";

/** Version of the unpacked folder; increment it when the packages have to be unpacked again. */
const recipe = 1;

/** Packages kube-router works with; the first names the folder. */
const packages = ["iptables", "ipset"];

/** Command → program in the packages, and its first arguments: the nft variant of iptables is one program with many names. */
const commands: Readonly<Record<string, readonly [program: string, ...first: string[]]>> = {
  iptables: ["usr/sbin/xtables-nft-multi", "iptables"],
  "iptables-save": ["usr/sbin/xtables-nft-multi", "iptables-save"],
  "iptables-restore": ["usr/sbin/xtables-nft-multi", "iptables-restore"],
  ipset: ["usr/sbin/ipset"],
};

const folder = (): string => join(cacheFolder(), `${packages[0]}-${recipe}-${process.arch}`);

/** Folder of the commands, for a search path. */
export const firewallTools = (): string => join(folder(), "bin");

/** One of the commands. */
export const firewallTool = (name: string): string => join(firewallTools(), name);

/** Starts a program of the packages with their own loader, libraries and extensions, independent of the machine's. */
function script([program, ...first]: readonly string[], root: string): string {
  const { folder: machine, within } = interpreter();
  const libraries = ["usr/lib", "lib"].map((place) => `"$root/${place}/${machine}"`).join(":");
  return [
    "#!/bin/sh",
    'root="$(dirname "$0")/../root"',
    `export XTABLES_LIBDIR="$root/usr/lib/${machine}/xtables"`,
    `exec "$root${within(root)}" --inhibit-cache --library-path ${libraries} "$root/${program}" ${first.join(" ")} "$@"`,
    "",
  ].join("\n");
}

async function works(): Promise<boolean> {
  try {
    for (const name of Object.keys(commands)) await runAsync(firewallTool(name), ["--version"]);
    return true;
  } catch {
    return false;
  }
}

/**
 * Unpacks iptables and ipset from the distribution's packages into the cache: nothing is installed, and every machine runs the same
 * version. The folder is created by one rename, so it is complete or absent. Throws a UserError where there is no apt.
 */
export async function ensureFirewallTools(log: (line: string) => void): Promise<void> {
  if (await works()) return;
  const waiting = ({ who, check }: Holder): void => log(`iptables is being unpacked by ${who}; waiting for it${check}`);
  await withLock(`${folder()}.lock`, () => unpack(log), { onWait: waiting });
}

async function unpack(log: (line: string) => void): Promise<void> {
  if (await works()) return;
  const isWanted = (name: string): boolean => packages.includes(name) || /^lib/.test(name);
  const found = await candidates({ names: packages, isWanted, recipe: String(isWanted) }, log);
  log(`unpacking iptables and ipset from ${found.packages.length} packages of this distribution`);
  mkdirSync(dirname(folder()), { recursive: true });
  const work = mkdtempSync(`${folder()}.new-`);
  try {
    const root = join(work, "made", "root");
    await unpackPackages(found, join(work, "root"), []);
    mkdirSync(join(work, "made", "bin"), { recursive: true });
    renameSync(join(work, "root"), root);
    for (const [name, command] of Object.entries(commands)) {
      const file = join(work, "made", "bin", name);
      writeFileSync(file, script(command, root));
      chmodSync(file, 0o755);
    }
    rmSync(folder(), { recursive: true, force: true });
    renameSync(join(work, "made"), folder());
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
