import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Running, runningProcesses } from "../../../process/identity";
import type { Result, RunOptions } from "../run";

/** Part of a run that is killed: Pulumi's engine, the Kubernetes provider, or the process that runs the program. */
export type Victim = "engine" | "provider" | "program";
export const victims: readonly Victim[] = ["engine", "provider", "program"];

/** When to kill: after the run has printed something, and a condition holds, and a while has passed. */
export interface Moment {
  readonly name: string;
  readonly after: RegExp;
  readonly when?: () => Promise<boolean>;
  /** Milliseconds after that. @default 0 */
  readonly delay?: number;
  /** What must not be when the engine is killed: it stands still while this is asked, and goes on when it is so. @default nothing */
  readonly unless?: () => boolean;
}

/** What a run that should have been killed came to. */
export interface Killed {
  readonly result: Result;
  /** Whether the victim was found before the run ended by itself. */
  readonly hit: boolean;
}

const parentOf = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
};

/** A process and what it started, directly or not. */
export function family(root: number): Running[] {
  const descends = (pid: number): boolean => pid > 1 && (pid === root || descends(parentOf(pid)));
  return runningProcesses().filter(({ pid }) => descends(pid));
}

/** Policy packs that engines of a project's folder started, also those whose engine is gone. */
export const packsOf = (root: string): Running[] =>
  runningProcesses().filter(
    ({ command, environment }) => command.includes("main.js") && environment.includes(`HARDENED_PROJECT_ROOT=${root}`),
  );

/** A moment with the policy pack of a project's folder running. */
export const withPack = (root: string, moment: Moment): Moment => ({
  ...moment,
  when: async () => packsOf(root).length > 0 && ((await moment.when?.()) ?? true),
});

const isPart: Readonly<Record<Victim, (one: Running, root: number) => boolean>> = {
  engine: ({ command }) => basename(command[0] ?? "") === "pulumi" && /^(up|preview|destroy)$/.test(command[1] ?? ""),
  provider: ({ command }) => basename(command[0] ?? "") === "pulumi-resource-kubernetes",
  // `hardened` runs the program itself; `pulumi` has a language host for it.
  program: ({ pid, command }, root) =>
    command[0] === "pulumi" || basename(command[0] ?? "") === "pulumi"
      ? false
      : pid === root || /pulumi-language-nodejs$/.test(command[0] ?? ""),
};

/** Starts a run and kills one part of it at a moment, with SIGKILL. */
export async function kill(
  start: (options: RunOptions) => Promise<Result>,
  victim: Victim,
  { after, when, delay = 0, unless }: Moment,
): Promise<Killed> {
  let child: ChildProcess | undefined;
  let text = "";
  let over = false;
  const onStart = (started: ChildProcess): void => {
    child = started;
    started.stdout?.on("data", (chunk: string) => {
      text += chunk;
    });
  };
  const run = start({ onStart }).finally(() => {
    over = true;
  });
  const until = async (what: () => Promise<boolean> | boolean): Promise<void> => {
    while (!over && !(await what())) await sleep(15);
  };
  await until(() => after.test(text));
  if (when) await until(when);
  if (!over) await sleep(delay);
  let hit = false;
  await until(async () => {
    const root = child?.pid ?? 0;
    const found = family(root).find((one) => isPart[victim](one, root));
    if (!found) return false;
    if (unless && victim === "engine") {
      process.kill(found.pid, "SIGSTOP");
      await sleep(5);
      if (unless()) {
        process.kill(found.pid, "SIGCONT");
        return false;
      }
    }
    process.kill(found.pid, "SIGKILL");
    hit = true;
    return true;
  });
  return { result: await run, hit };
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
