/** Times whole processes. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** One way to do the work that is compared. */
export interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Exit codes that mean it did its work. @default 0 */
  readonly codes?: readonly number[];
  /** It takes part in no more rounds than this and does not warm up, for what takes long. @default all */
  readonly rounds?: number;
}

export interface Timing {
  readonly seconds: number;
  /** Processor time of all its threads, in seconds; 0 where the system does not tell. */
  readonly processor: number;
  /** Most memory resident at once, in MiB; 0 where the system does not tell. */
  readonly peak: number;
}

/** Runs a contender once. Throws when it ends with a code it should not. */
function once({ name, command, args, env, codes = [0] }: Contender): Promise<Timing> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const before = processorOfChildren();
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "ignore"], env: { ...process.env, ...env } });
    let peak = 0;
    const look = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid));
    }, 3);
    child.on("error", reject);
    child.on("exit", (code) => {
      clearInterval(look);
      const seconds = (performance.now() - start) / 1000;
      if (codes.includes(code ?? -1)) resolve({ seconds, processor: processorOfChildren() - before, peak });
      else reject(new Error(`${name} ended with ${code}`));
    });
  });
}

/** What all children that have ended took of the processor, in seconds; Linux counts in hundredths. */
function processorOfChildren(): number {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
}

function peakOf(pid: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Slope of a straight line through the logarithms: 1 is linear. */
export function exponent(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (pick: 0 | 1): number => logs.reduce((sum, point) => sum + point[pick], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const over = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return over / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

/** Medians of several rounds, in which the contenders take turns, so that what else the machine does meets all of them. `progress` hears of each run. */
export async function compare(
  contenders: readonly Contender[],
  rounds: number,
  progress: (name: string, round: number, timing: Timing) => void = () => {},
): Promise<Map<string, Timing>> {
  const timings = new Map(contenders.map(({ name }) => [name, [] as Timing[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      const limit = contender.rounds;
      if (limit !== undefined && (round === 0 || round > limit)) continue;
      const timing = await once(contender);
      if (round > 0) timings.get(contender.name)?.push(timing); // round 0 only warms files and caches
      progress(contender.name, round, timing);
    }
  }
  return new Map(
    [...timings].map(([name, all]) => [
      name,
      {
        seconds: median(all.map(({ seconds }) => seconds)),
        processor: median(all.map(({ processor }) => processor)),
        peak: Math.max(...all.map(({ peak }) => peak)),
      },
    ]),
  );
}

/** Prints a table of timings; the ratio says how many times as long as the first one takes. */
export function print(title: string, timings: ReadonlyMap<string, Timing>): void {
  console.log(`\n${title}`);
  const [first] = timings.values();
  for (const [name, { seconds, peak }] of timings) {
    const ratio = seconds / (first?.seconds ?? seconds);
    const cells = [name.padEnd(34), `${seconds.toFixed(3)} s`.padStart(10), `${Math.round(peak)} MiB`.padStart(9)];
    console.log(`  ${cells.join("")}${`${ratio.toFixed(2)}x`.padStart(9)}`);
  }
}
