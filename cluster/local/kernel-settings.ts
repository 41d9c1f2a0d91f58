import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../process/atomic-write";
import { bootId } from "../../process/identity";
import { runRoot } from "./names";

/** Settings of the whole host that a kubelet writes when it starts (pkg/kubelet/cm/container_manager_linux.go, setupKernelTunables). */
const changedByKubelet: readonly string[] = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
];

/** The settings, and the file with their original values: next to the instances, which share it. */
export interface KernelFolders {
  readonly sysctl: string;
  readonly run: string;
}

const host: KernelFolders = { sysctl: "/proc/sys", run: runRoot };

interface Remembered {
  readonly boot: string;
  readonly settings: Readonly<Record<string, string>>;
}

const file = ({ run }: KernelFolders): string => join(run, "kernel-settings.json");

/** Values recorded since the last boot: a reboot resets the settings. */
function remembered(folders: KernelFolders): Remembered | undefined {
  if (!existsSync(file(folders))) return undefined;
  const value = JSON.parse(readFileSync(file(folders), "utf8")) as Remembered;
  return value.boot === bootId() ? value : undefined;
}

/** Records the host's settings before the first kubelet of any instance changes them. */
export function rememberKernelSettings(folders: KernelFolders = host): void {
  if (remembered(folders)) return;
  const present = changedByKubelet.filter((name) => existsSync(join(folders.sysctl, name)));
  const value = (name: string): string => readFileSync(join(folders.sysctl, name), "utf8").trim();
  const settings = Object.fromEntries(present.map((name) => [name, value(name)]));
  mkdirSync(folders.run, { recursive: true });
  writeAtomic(file(folders), JSON.stringify({ boot: bootId(), settings } satisfies Remembered));
}

/** Restores the host's settings once no instance is left. */
export function restoreKernelSettings(folders: KernelFolders = host): void {
  if (!existsSync(folders.run)) return;
  if (readdirSync(folders.run, { withFileTypes: true }).some((entry) => entry.isDirectory())) return;
  for (const [name, value] of Object.entries(remembered(folders)?.settings ?? {})) {
    const setting = join(folders.sysctl, name);
    if (readFileSync(setting, "utf8").trim() !== value) writeFileSync(setting, value);
  }
  rmSync(file(folders), { force: true });
}
