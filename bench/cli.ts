/** Whole processes on the same files: `hardened check` and its peers take turns, and their ratios are held against the goals. See --help. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gator, gatorLibrary } from "./judges/gator";
import { command, hardened } from "./judges/hardened";
import type { MakeJudge } from "./judges/judge";
import { kubeScore } from "./judges/kube-score";
import { kyverno, kyvernoLibrary } from "./judges/kyverno";
import { upstream } from "./judges/upstream";
import { type Contender, compare, type Timing } from "./measure";
import { table } from "./table";
import { partlyDenied } from "./violations";
import { deployments, yamlOf } from "./workloads";

const usage = `bench/cli.ts: whole processes on the same files, against the peers. Medians; prints Markdown.

  --rounds <n>                     rounds after one to warm up (default 5)
  --slow-rounds <n>                rounds of gator and of Kyverno's library, which take long (default 2)
  --quick                          this project, upstream's evaluator and kube-score alone
  --gatekeeper-library <folder>    a checkout of gatekeeper-library, to run gator with its templates too
  --help
`;

const mine = "this project";
const everyRule = "this project, every rule";
const sets = {
  pass: { title: "1,000 Deployments that pass", objects: () => deployments(1000) },
  denied: { title: "every tenth denied", objects: () => [...partlyDenied(1000, 10).objects.values()] },
  one: { title: "one Deployment", objects: () => deployments(1) },
} as const;
type SetName = keyof typeof sets;
type Timings = Readonly<Record<SetName, ReadonlyMap<string, Timing>>>;

interface Options {
  readonly folder: string;
  readonly rounds: number;
  readonly slowRounds: number;
  readonly quick: boolean;
  readonly checkout: string | undefined;
}

/** The peers as commands on a file; the slow ones take part in fewer rounds. */
async function contenders(file: string, { folder, slowRounds, quick, checkout }: Options): Promise<Contender[]> {
  const quickOnes: MakeJudge[] = [hardened, upstream, kubeScore];
  const others: MakeJudge[] = quick ? [] : [kyverno];
  const slow: MakeJudge[] = quick ? [] : [kyvernoLibrary("ClusterPolicy"), gator];
  if (checkout !== undefined) slow.push(gatorLibrary(checkout));
  const commands: Contender[] = [];
  for (const make of [...quickOnes, ...others, ...slow]) {
    const judge = await make(folder, "restricted", "latest");
    if (judge === undefined) throw new Error("a peer does not know the newest restricted standard");
    const limit = slow.includes(make) ? { rounds: slowRounds } : {};
    commands.push({ name: judge.name, command: judge.command, args: judge.args(file), codes: [0, 1], ...limit });
  }
  const all = { name: everyRule, command, args: ["check", file], codes: [0, 1] };
  const node = { name: "node -e 0", command: process.execPath, args: ["-e", "0"] };
  return [...commands.slice(0, 1), all, ...commands.slice(1), node];
}

async function measure(options: Options): Promise<Timings> {
  const measured = {} as Record<SetName, ReadonlyMap<string, Timing>>;
  for (const [name, { title, objects }] of Object.entries(sets) as [SetName, (typeof sets)[SetName]][]) {
    const file = join(options.folder, `${name}.yaml`);
    writeFileSync(file, yamlOf(objects()));
    const progress = (who: string, round: number, { seconds }: Timing): void =>
      console.error(`${title}, ${round === 0 ? "warming up" : `round ${round}`}: ${who} ${seconds.toFixed(3)} s`);
    measured[name] = await compare(await contenders(file, options), options.rounds, progress);
  }
  return measured;
}

function speeds(timings: Timings): string {
  const names = Object.keys(sets) as SetName[];
  const rows = [...timings.pass].map(([who, { processor, peak }]) => {
    const beside = (value: number, of: number | undefined): string =>
      who === mine ? "" : ` (${(value / (of ?? Number.NaN)).toFixed(2)})`;
    const cells = names.map((set) => {
      const seconds = timings[set].get(who)?.seconds ?? Number.NaN;
      return `${seconds.toFixed(3)} s${beside(seconds, timings[set].get(mine)?.seconds)}`;
    });
    const processorCell = `${processor.toFixed(2)} s${beside(processor, timings.pass.get(mine)?.processor)}`;
    return [who, ...cells, processorCell, `${Math.round(peak)} MiB`];
  });
  return table([["", ...names.map((set) => sets[set].title), "processor time", "most memory"], ...rows]);
}

/** What the project wants to be, as times as long as a peer takes, on the Deployments that pass. */
const wanted = [
  { peer: "upstream's evaluator", ratio: 1.2, than: mine },
  { peer: "kube-score", ratio: 1.7, than: mine },
  { peer: "gator", ratio: 14, than: mine },
  { peer: "gator, Gatekeeper's library", ratio: 14, than: mine },
  { peer: "kyverno, podSecurity rule", ratio: 5, than: mine },
  { peer: "kyverno, its ClusterPolicy library", ratio: 20, than: mine },
  { peer: "kyverno, podSecurity rule", ratio: 3, than: everyRule },
];
/** Most seconds for one Deployment. */
const wantedOfOne = 0.15;

function goals({ pass, one }: Timings): string {
  const verdict = (met: boolean): string => (met ? "met" : "missed");
  const times = (peer: string, than: string, of: "seconds" | "processor"): number =>
    (pass.get(peer)?.[of] ?? Number.NaN) / (pass.get(than)?.[of] ?? Number.NaN);
  const rows = wanted
    .filter(({ peer }) => pass.has(peer))
    .map(({ peer, ratio, than }) => {
      const measured = times(peer, than, "seconds");
      const processor = times(peer, than, "processor").toFixed(2);
      return [
        `${peer}, times ${than}`,
        `at least ${ratio}`,
        measured.toFixed(2),
        processor,
        verdict(measured >= ratio),
      ];
    });
  const { seconds, processor } = one.get(mine) ?? { seconds: Number.NaN, processor: Number.NaN };
  const clock = `${seconds.toFixed(3)} s`;
  const last = [
    "one Deployment",
    `at most ${wantedOfOne} s`,
    clock,
    `${processor.toFixed(2)} s`,
    verdict(seconds <= wantedOfOne),
  ];
  return table([["", "goal", "by the clock", "by processor time", ""], ...rows, last]);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      "slow-rounds": { type: "string", default: "2" },
      quick: { type: "boolean", default: false },
      "gatekeeper-library": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const folder = mkdtempSync(join(tmpdir(), "bench-cli-"));
  const before = loadavg()[0] ?? 0;
  try {
    const timings = await measure({
      folder,
      rounds: Number(values.rounds),
      slowRounds: Math.min(Number(values["slow-rounds"]), Number(values.rounds)),
      quick: values.quick,
      checkout: values["gatekeeper-library"],
    });
    console.log(`${speeds(timings)}\n\n${goals(timings)}\n`);
    const after = loadavg()[0] ?? 0;
    const cores = `${availableParallelism()} cores`;
    console.log(
      `${cores}; load ${before.toFixed(1)} before, ${after.toFixed(1)} after. In brackets: times this project.`,
    );
    console.log("Processor time and memory are those for the Deployments that pass.");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
