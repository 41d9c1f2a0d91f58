import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../process/atomic-write";
import { bootId } from "../../process/identity";
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
  // The packages may be on the caller's PATH alone, and the commands have one of their own: openssl is what other software brings too.
  if (!["/usr/bin/openssl", "/usr/local/bin/openssl", "/bin/openssl"].some((file) => existsSync(file))) {
    throw new UserError(
      "missing system package: openssl; install it, on Debian or Ubuntu with: sudo apt-get install -y openssl",
    );
  }
}

interface Claim {
  readonly state: string;
  readonly boot: string;
}

const ownerFile = (instance: Instance): string => join(instance.run, "owner.json");

const claimOn = (instance: Instance): Claim | undefined =>
  existsSync(ownerFile(instance)) ? (JSON.parse(readFileSync(ownerFile(instance), "utf8")) as Claim) : undefined;

/** Whether the run folder has only what an earlier boot left. */
const isLeft = (instance: Instance, { boot }: Claim): boolean =>
  boot !== bootId() && mountsBelow(instance.run).length === 0;

/** Throws a UserError when an instance of the same name with another state folder uses the run folder: its processes and mounts are not ours. */
export function checkOwner(instance: Instance): void {
  const held = claimOn(instance);
  if (held === undefined || held.state === instance.state || isLeft(instance, held)) return;
  throw new UserError(
    `cluster name ${instance.name} is in use with state folder ${held.state}, got ${instance.state}; choose another with --name, or set XDG_STATE_HOME as it was`,
  );
}

/** Claims the run folder for this instance. Content of an earlier boot is removed. */
export function claimRunFolder(instance: Instance): void {
  checkOwner(instance);
  const held = claimOn(instance);
  if (held && isLeft(instance, held)) rmSync(instance.run, { recursive: true });
  mkdirSync(instance.run, { recursive: true, mode: 0o711 });
  writeAtomic(ownerFile(instance), JSON.stringify({ state: instance.state, boot: bootId() } satisfies Claim));
}
