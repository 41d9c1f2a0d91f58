import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { hierarchies } from "../../../cluster/local/cgroups";
import { runRoot } from "../../../cluster/local/names";

const run = (command: string, ...args: string[]): string[] =>
  execFileSync(command, args, { encoding: "utf8" }).split("\n");

const entries = (folder: string): string[] => {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
};

const cgroupsBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => [join(folder, entry.name), ...cgroupsBelow(join(folder, entry.name))]);

const text = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** Living processes with any of the words in their command line or cgroup. */
export const processesWith = (words: readonly string[]): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    // A zombie holds nothing but its exit code, for a parent that is not ours.
    .filter((pid) => !/\) [ZX] /.test(text(`/proc/${pid}/stat`)))
    .map((pid) => `${pid} ${text(`/proc/${pid}/cmdline`)} ${text(`/proc/${pid}/cgroup`)}`)
    .filter((line) => words.some((word) => line.includes(word)));

/** Folders in which parts of Kubernetes leave files unless told not to. */
const watched = [
  ...["/var/lib", "/var/lib/cni", "/var/lib/cni/results", "/var/log", "/var/log/containers"],
  ...["/run", "/run/netns", "/run/hardened", "/etc/cni", "/opt", "/usr/libexec"],
];

const linked = (path: string): string => (lstatSync(path).isSymbolicLink() ? `${path} -> ${readlinkSync(path)}` : path);

/** Instances beside those of the test; they may come and go meanwhile. */
export const otherInstances = (own: readonly string[]): string[] =>
  entries(runRoot)
    .filter((path) => lstatSync(path).isDirectory())
    .map((path) => basename(path))
    .filter((name) => !own.includes(name));

/** What all instances share and the last one takes along. */
const shared = /\/(hardened|kernel-settings\.json|cni|results|containers|kubelet)$/;

/** What instances called `own` could leave on the host, other instances left out. */
export function traces(own: readonly string[]): Record<string, string[]> {
  const all = {
    mounts: text("/proc/mounts").split("\n"),
    links: run("ip", "-oneline", "link").map((line) => line.split(" ").slice(0, 3).join(" ")),
    addresses: run("ip", "-oneline", "address").map((line) => line.replace(/valid_lft.*/, "")),
    routes: run("ip", "route", "show", "table", "all"),
    tables: run("nft", "list", "tables"),
    namespaces: run("ip", "netns"),
    cgroups: hierarchies().flatMap(cgroupsBelow),
    folders: watched.flatMap(entries).map(linked),
  };
  const elsewhere = new RegExp(`(hardened|clusters)[/.](?!(${own.join("|")})([/.]|$))|process_api`);
  const alone = otherInstances(own).length === 0;
  const relevant = (line: string): boolean => !elsewhere.test(line) && (alone || !shared.test(line));
  return Object.fromEntries(Object.entries(all).map(([what, lines]) => [what, lines.filter(relevant).sort()]));
}
