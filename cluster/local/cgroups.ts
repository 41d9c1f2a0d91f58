import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mounts } from "./mounts";

/** Mount points of the cgroup hierarchies: one for cgroup v2, one per controller for v1, both kinds on a mixed host. */
export const hierarchies = (): string[] => [
  ...new Set(
    mounts()
      .filter((mount) => mount.type === "cgroup" || mount.type === "cgroup2")
      .map((mount) => mount.point),
  ),
];

/** The folders of a cgroup, one per hierarchy. */
const foldersOf = (cgroup: string): string[] => hierarchies().map((root) => join(root, cgroup));

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
};

/** A v1 cpuset without CPUs and memory nodes takes no process; a new one has neither. */
function fillCpuset(folder: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const path = join(folder, file);
    if (existsSync(join(folder, "cpuset.cpu_exclusive")) && read(path) === "") {
      writeFileSync(path, read(join(dirname(folder), file)));
    }
  }
}

/** v2 gives a child only the controllers its parent passes on. */
function passOnControllers(folder: string): void {
  for (const controller of read(join(folder, "cgroup.controllers")).split(" ").filter(Boolean)) {
    try {
      writeFileSync(join(folder, "cgroup.subtree_control"), `+${controller}`);
    } catch {
      // Some cannot be delegated (misc, rdma on older kernels); the kubelet reports it if it needs one.
    }
  }
}

/** Makes a cgroup and its parents in every hierarchy. */
export function ensureCgroup(cgroup: string): void {
  for (const root of hierarchies()) {
    let folder = root;
    for (const part of cgroup.split("/")) {
      if (existsSync(join(folder, "cgroup.subtree_control"))) passOnControllers(folder);
      folder = join(folder, part);
      mkdirSync(folder, { recursive: true });
      fillCpuset(folder);
    }
  }
}

/** Files that a process writes its pid to in order to join the cgroup everywhere. */
export const joinFiles = (cgroup: string): string[] => foldersOf(cgroup).map((folder) => join(folder, "cgroup.procs"));

/** The folder and all below it, deepest first. */
function tree(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...below.flatMap((entry) => tree(join(folder, entry.name))), folder];
}

/** Every process in the cgroup or below it, in any hierarchy. */
export function processesIn(cgroup: string): number[] {
  const files = foldersOf(cgroup)
    .flatMap(tree)
    .map((folder) => join(folder, "cgroup.procs"));
  const pids = files
    .flatMap((file) => read(file).split("\n"))
    .filter(Boolean)
    .map(Number);
  // 0 is a process of another pid namespace, not of this instance.
  return [...new Set(pids)].filter((pid) => pid > 0);
}

/** Removes a cgroup and all below it, where no process is left; its parent too when that is empty. */
export function removeCgroup(cgroup: string): void {
  for (const folder of foldersOf(cgroup)) {
    for (const one of tree(folder)) rmdirSync(one);
    const parent = dirname(folder);
    if (existsSync(parent) && tree(parent).length === 1 && read(join(parent, "cgroup.procs")) === "") rmdirSync(parent);
  }
}
