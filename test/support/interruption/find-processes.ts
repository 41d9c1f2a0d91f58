import { readdirSync, readFileSync } from "node:fs";

/** A process: its arguments and its environment. */
export interface Seen {
  readonly args: string;
  readonly env: string;
}

/** Processes of this machine, those of its pods included, that run one of the programs. */
export function processesOf(programs: readonly string[]): Seen[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, "latin1");
        const [program = ""] = args.split("\0");
        if (!programs.includes(program.replace(/^.*\//, ""))) return [];
        return [{ args, env: readFileSync(`/proc/${pid}/environ`, "latin1") }];
      } catch {
        return []; // it has ended
      }
    });
}
