import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { UserError } from "../user-error";
import { which } from "./on-path";

/** A Debian package, and a file by which its content is detected, also from another distribution's package. */
interface SystemPackage {
  readonly name: string;
  readonly present: () => boolean;
}

const file =
  (...paths: string[]) =>
  (): boolean =>
    paths.some((path) => existsSync(path));
const command = (name: string) => (): boolean =>
  which(name, `${process.env.PATH ?? ""}:/usr/sbin:/sbin:/usr/bin`) !== undefined;

/** To build the tools: runc is C and Go. */
export const buildPackages: readonly SystemPackage[] = [
  { name: "gcc", present: command("gcc") },
  { name: "libc6-dev", present: file("/usr/include/stdlib.h") },
  { name: "pkg-config", present: command("pkg-config") },
  { name: "libseccomp-dev", present: file("/usr/include/seccomp.h") },
];

/** To run the local cluster: kube-proxy calls nft, the network is made with ip. */
export const clusterPackages: readonly SystemPackage[] = [
  { name: "iproute2", present: command("ip") },
  { name: "nftables", present: command("nft") },
  { name: "util-linux", present: command("nsenter") },
  { name: "mount", present: command("mount") },
  { name: "openssl", present: command("openssl") },
];

/** To make images of Python programs: pip unpacks their wheels. */
export const wheelPackages: readonly SystemPackage[] = [
  { name: "python3-pip", present: () => spawnSync("python3", ["-m", "pip", "--version"]).status === 0 },
];

/** To run kube-bench, which looks for programs with ps. */
export const benchPackages: readonly SystemPackage[] = [{ name: "procps", present: command("ps") }];

/**
 * Installs missing packages where this process is root on a Debian-like system, else throws a UserError with the command
 * that installs them.
 */
export function ensurePackages(packages: readonly SystemPackage[], log: (line: string) => void): void {
  const missing = packages.filter((one) => !one.present()).map((one) => one.name);
  if (missing.length === 0) return;
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  if (process.getuid?.() !== 0 || which("apt-get") === undefined) {
    throw new UserError(
      `missing system packages: ${missing.join(", ")}; install them, on Debian or Ubuntu with: sudo ${install.join(" ")}`,
    );
  }
  log(`installing system packages: ${missing.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = (args: readonly string[]) => spawnSync(args[0] as string, args.slice(1), { env, encoding: "utf8" });
  let result = run(install);
  if (result.status !== 0) {
    run(["apt-get", "update"]);
    result = run(install);
  }
  if (result.status !== 0) {
    throw new UserError(
      `could not install ${missing.join(", ")}: ${result.stderr.trim().split("\n").slice(-3).join(" ")}`,
    );
  }
}
