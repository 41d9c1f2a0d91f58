import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../process/user-error";
import type { Instance } from "./names";

/**
 * Number of inotify instances of a running cluster's programs, as measured: one for each certificate, key and configuration file that is reloaded
 * when it changes. The API server has 6, the controller manager 5, each kubelet 6, each containerd 2, each kube-proxy 1, metrics-server 1.
 */
const needed = 30;

/** inotify usage of a user's processes. */
interface InotifyUse {
  readonly all: number;
  /** Those of the instance's own programs. */
  readonly own: number;
}

function instancesOf(folder: string): number {
  const descriptors = join(folder, "fd");
  return readdirSync(descriptors).filter((name) => readlinkSync(join(descriptors, name)) === "anon_inode:inotify")
    .length;
}

/** 0 for a process that ends meanwhile. */
function inotifyUse(instance: Instance, proc: string): InotifyUse {
  const use = { all: 0, own: 0 };
  for (const pid of readdirSync(proc).filter((name) => /^\d+$/.test(name))) {
    const folder = join(proc, pid);
    try {
      if (statSync(folder).uid !== process.getuid?.()) continue;
      const held = instancesOf(folder);
      use.all += held;
      if (held > 0 && readFileSync(join(folder, "cgroup"), "utf8").includes(`/${instance.cgroup}/`)) use.own += held;
    } catch {}
  }
  return use;
}

/** Throws a UserError where the kernel allows this user too few inotify instances: the cluster's programs would exit with various errors. */
export function checkInotify(instance: Instance, proc = "/proc"): void {
  const limit = Number(readFileSync(join(proc, "sys/fs/inotify/max_user_instances"), "utf8"));
  const { all, own } = inotifyUse(instance, proc);
  const more = Math.max(0, needed - own);
  if (all + more <= limit) return;
  throw new UserError(
    `cluster ${instance.name} needs ${more} more inotify instances, and ${all} of this user's ${limit} are in use (each local cluster takes ${needed}); raise the limit with: sudo sysctl fs.inotify.max_user_instances=${Math.max(1024, limit * 2)}, or delete a cluster that is not needed`,
  );
}
