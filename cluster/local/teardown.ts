import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodes } from "./addresses";
import { processesIn, removeCgroup } from "./cgroups";
import { restoreKernelSettings } from "./kernel-settings";
import { mountsBelow, unmountBelow } from "./mounts";
import { type Instance, runRoot } from "./names";
import { cniNetwork } from "./node-folders";
import { checkOwner } from "./preflight";
import { daemonNames, stopDaemon } from "./processes";

/** Marker file from the first step of a teardown to the last: an instance whose teardown was killed must not be started again. */
const goingFile = (instance: Instance): string => `${instance.state}.going`;

/** Whether anything of the instance is left. */
export const exists = (instance: Instance): boolean =>
  [instance.state, instance.run, goingFile(instance)].some((path) => existsSync(path)) ||
  processesIn(instance.cgroup).length > 0;

/** Removes a folder, then its empty parents up to `top`. */
function removeEmpty(folder: string, top: string): void {
  for (let one = folder; one.startsWith(top); one = dirname(one)) {
    if (!existsSync(one)) continue;
    if (readdirSync(one).length > 0) return;
    rmdirSync(one);
  }
}

/** Ends the daemons, then every other process in the instance's cgroup: shims and pods. No process outside of it is signalled. */
async function killAll(instance: Instance): Promise<void> {
  await Promise.all(daemonNames(instance).map((name) => stopDaemon(instance, name, 0)));
  for (let pids = processesIn(instance.cgroup); pids.length > 0; pids = processesIn(instance.cgroup)) {
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has already ended.
      }
    }
    await sleep(50);
  }
}

/** Links of the kubelet in /var/log/containers, a path that cannot be configured. */
function removeLogLinks(instance: Instance): void {
  const folder = "/var/log/containers";
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const link = join(folder, name);
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link).startsWith(`${instance.state}/`)) rmSync(link);
  }
  removeEmpty(folder, folder);
}

/** Results of libcni in /var/lib/cni, another fixed path; their names start with the network's. */
function removeCniResults(instance: Instance): void {
  const folder = "/var/lib/cni/results";
  if (!existsSync(folder)) return;
  const prefixes = nodes.map((node) => `${cniNetwork(instance, node)}-`);
  for (const name of readdirSync(folder)) {
    if (prefixes.some((prefix) => name.startsWith(prefix))) rmSync(join(folder, name));
  }
  removeEmpty(folder, "/var/lib/cni");
}

/** Files of kubelets in /var/lib/kubelet, whatever their own folder is: all instances share it, so the last one removes it. A kubelet of the host itself
 *  listens in the host's network, or has other files there. */
function removeDevicePlugins(): void {
  const folder = "/var/lib/kubelet/device-plugins";
  const socket = join(folder, "kubelet.sock");
  if (!existsSync(folder) || existsSync(runRoot)) return;
  if (readFileSync("/proc/net/unix", "utf8").includes(` ${socket}\n`)) return;
  for (const file of [socket, join(folder, "kubelet_internal_checkpoint")]) rmSync(file, { force: true });
  removeEmpty(folder, "/var/lib/kubelet");
}

/** Completes a teardown that was killed. */
export async function finishTeardown(instance: Instance, log: (line: string) => void): Promise<void> {
  if (!existsSync(goingFile(instance))) return;
  log(`cluster ${instance.name} was being taken down; finishing that first`);
  await teardown(instance, log);
}

/** Removes everything of an instance. Idempotent, also after a killed teardown. Throws a UserError for one of the same name with another state folder. */
export async function teardown(instance: Instance, log: (line: string) => void): Promise<void> {
  checkOwner(instance);
  writeFileSync(goingFile(instance), "");
  log("stopping programs and pods");
  await killAll(instance);
  log("unmounting");
  for (const folder of [instance.state, instance.run]) {
    unmountBelow(folder);
    // Removing files below a mount would reach into what is mounted there.
    if (mountsBelow(folder).length > 0) throw new Error(`still mounted: ${mountsBelow(folder).join(", ")}`);
  }
  log("removing cgroups, folders and links");
  removeCgroup(instance.cgroup);
  removeLogLinks(instance);
  removeCniResults(instance);
  rmSync(instance.run, { recursive: true, force: true });
  restoreKernelSettings();
  removeEmpty(runRoot, runRoot);
  removeDevicePlugins();
  rmSync(instance.state, { recursive: true, force: true, maxRetries: 5 });
  rmSync(goingFile(instance));
}
