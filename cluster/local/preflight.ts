import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../process/atomic-write";
import { clusterPackages, ensurePackages } from "../../process/toolchain/packages";
import { UserError } from "../../process/user-error";
import { hierarchies } from "./cgroups";
import { mountsBelow } from "./mounts";
import type { Instance } from "./names";

const otherwise = "or use any cluster you have: point KUBECONFIG at it (README.md shows kind)";

/** Throws a UserError where the local cluster cannot run. */
export function checkHost(log: (line: string) => void): void {
  if (process.platform !== "linux")
    throw new UserError(`the local cluster needs Linux, this is ${process.platform}; ${otherwise}`);
  if (process.getuid?.() !== 0) throw new UserError(`the local cluster needs root; run it with sudo -E, ${otherwise}`);
  if (hierarchies().length === 0)
    throw new UserError(`the local cluster needs cgroups mounted below /sys/fs/cgroup; ${otherwise}`);
  ensurePackages(clusterPackages, log);
  if (!["/usr/bin/openssl", "/usr/local/bin/openssl", "/bin/openssl"].some((file) => existsSync(file))) {
    throw new UserError(
      "missing system package: openssl; install it, on Debian or Ubuntu with: sudo apt-get install -y openssl",
    );
  }
}

const bootId = (): string => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

/**
 * Claims the run folder for this instance. Content of an earlier boot is removed; throws when an instance of the same
 * name with another state folder uses it.
 */
export function claimRunFolder(instance: Instance): void {
  const owner = join(instance.run, "owner.json");
  const claim = { state: instance.state, boot: bootId() };
  if (existsSync(owner)) {
    const held = JSON.parse(readFileSync(owner, "utf8")) as typeof claim;
    if (held.boot !== claim.boot && mountsBelow(instance.run).length === 0) rmSync(instance.run, { recursive: true });
    else if (held.state !== claim.state) {
      throw new UserError(
        `cluster name ${instance.name} is in use with state folder ${held.state}, got ${claim.state}; choose another with --name, or set XDG_STATE_HOME as it was`,
      );
    }
  }
  mkdirSync(instance.run, { recursive: true, mode: 0o711 });
  writeAtomic(owner, JSON.stringify(claim));
}
