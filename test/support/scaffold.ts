import { join } from "node:path";
import { programEnvironment } from "../../process/toolchain/locate";
import { type Result, type RunOptions, run } from "./run";
import { type ScratchCheckout, scratchCheckout } from "./scratch-checkout";

/** A scratch checkout in which new systems are written. */
export interface Scaffold extends ScratchCheckout {
  /** Runs a program of the checkout, by its path in it. */
  start(command: string, args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Runs `hardened new system`. */
  create(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Files that differ from the last commit, sorted. */
  differing(): string[];
}

/** Makes one. The caller removes `root`. */
export function scaffold(): Scaffold {
  const checkout = scratchCheckout();
  const { root } = checkout;
  const start: Scaffold["start"] = (command, args, options) =>
    run(join(root, command), args, { cwd: root, env: programEnvironment(), ...options });
  return {
    ...checkout,
    start,
    create: (args, options) => start("bin/hardened", ["new", "system", ...args], options),
    differing: () =>
      checkout
        .git("status", "--porcelain", "--untracked-files=all")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.slice(3))
        .sort(),
  };
}
