/** How often each peer is wrong: false denials and false allows against upstream's evaluator, on upstream's own test pods and on 1,000 Deployments of which
 *  every tenth breaks one rule. See --help. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type Case, type Group, sum, type Tally, tally, upstreamPods } from "./cases";
import { gator, gatorLibrary } from "./judges/gator";
import { hardened, command as hardenedCommand } from "./judges/hardened";
import type { Judge, Level, MakeJudge } from "./judges/judge";
import { kubeScore } from "./judges/kube-score";
import { kyverno, kyvernoLibrary } from "./judges/kyverno";
import { upstream } from "./judges/upstream";
import { table } from "./table";
import { partlyDenied } from "./violations";
import { yamlOf } from "./workloads";

const usage = `bench/wrong-verdicts.ts: wrong verdicts of each peer, run for real. Prints Markdown.

  --slow                           also Kyverno's library of ValidatingPolicies, which takes minutes for 1,000 Deployments
  --gatekeeper-library <folder>    a checkout of gatekeeper-library, to run gator with its templates too
  --help
`;

const newest = "v1.37";

/** A tool, and how wrong it is where. */
interface Row {
  readonly name: string;
  /** On all of upstream's pods at their own level and version, as far as the tool has a word for them. */
  readonly own: Tally;
  /** On the pods of the newest version, asked as the newest, by level. */
  readonly newest: ReadonlyMap<Level, Tally>;
  /** On the Deployments. */
  readonly partly: Tally;
}

/** What a tool prints, with `input` on its standard input. Both 0 and 1 are verdicts. */
async function output(command: string, args: readonly string[], input = ""): Promise<string> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  child.stdin.on("error", () => {}).end(input);
  const [printed, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0 && code !== 1) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${errors}`);
  return printed;
}

async function ask(judge: Judge, folder: string, asked: Case): Promise<Tally> {
  const file = join(folder, "objects.yaml");
  writeFileSync(file, yamlOf([...asked.objects.values()]));
  return tally(asked, judge.answer(await output(judge.command, judge.details(file))));
}

async function rowOf(make: MakeJudge, folder: string, groups: readonly Group[], partly: Case): Promise<Row> {
  const own: Tally[] = [];
  const atNewest = new Map<Level, Tally>();
  for (const group of groups) {
    const judge = await make(folder, group.level, group.version);
    if (judge !== undefined) own.push(await ask(judge, folder, group));
    const latest = group.version === newest ? await make(folder, group.level, "latest") : undefined;
    if (latest !== undefined) atNewest.set(group.level, await ask(latest, folder, group));
  }
  const judge = (await make(folder, "restricted", "latest")) as Judge;
  return { name: judge.name, own: sum(own), newest: atNewest, partly: await ask(judge, folder, partly) };
}

/** This project has a form for machines, which takes every level and version. */
async function ownRow(folder: string, groups: readonly Group[], partly: Case): Promise<Row> {
  const questions = groups.flatMap(({ objects, level, version }) =>
    [...objects].map(([name, pod]) => ({ name, line: JSON.stringify({ pod, level, version }) })),
  );
  const input = questions.map(({ line }) => `${line}\n`).join("");
  const answers = (await output(hardenedCommand, ["pss", "--jsonl"], input)).trimEnd().split("\n");
  const isDenied = (index: number): boolean => !(JSON.parse(answers[index] as string) as { allowed: boolean }).allowed;
  const denied = new Set(questions.filter((_, index) => isDenied(index)).map(({ name }) => name));
  const atNewest = groups.filter(({ version }) => version === newest);
  return {
    ...(await rowOf(hardened, folder, [], partly)),
    own: sum(groups.map((group) => tally(group, { denied }))),
    newest: new Map(atNewest.map((group) => [group.level, tally(group, { denied })])),
  };
}

const cell = (one: Tally | undefined): string =>
  one === undefined || one.judged === 0 ? "-" : `${one.falseDenials} / ${one.falseAllows}`;

const cells = ({ name, own, newest: at, partly }: Row): string[] => [
  name,
  own.judged.toLocaleString("en"),
  cell(own),
  cell(at.get("baseline")),
  cell(at.get("restricted")),
  cell(partly),
];

function report(rows: readonly Row[], groups: readonly Group[]): string {
  const sizeOf = (some: readonly Group[]): string =>
    some.reduce((total, { objects }) => total + objects.size, 0).toLocaleString("en");
  const atNewest = (level: Level): string =>
    `${newest} ${level} (${sizeOf(groups.filter((group) => group.version === newest && group.level === level))})`;
  const head = [
    "false denials / false allows",
    `of ${sizeOf(groups)} pods it judges`,
    "of these wrong",
    atNewest("baseline"),
    atNewest("restricted"),
    "1,000 Deployments, 100 to deny",
  ];
  return table([head, ...rows.map(cells)]);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      slow: { type: "boolean", default: false },
      "gatekeeper-library": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const checkout = values["gatekeeper-library"];
  const peers: MakeJudge[] = [
    upstream,
    kyverno,
    kyvernoLibrary("ClusterPolicy"),
    ...(values.slow ? [kyvernoLibrary("ValidatingPolicy")] : []),
    gator,
    ...(checkout === undefined ? [] : [gatorLibrary(checkout)]),
    kubeScore,
  ];
  const folder = mkdtempSync(join(tmpdir(), "bench-wrong-"));
  try {
    const groups = await upstreamPods();
    const partly = partlyDenied(1000, 10);
    const rows = [await ownRow(folder, groups, partly)];
    for (const make of peers) {
      const row = await rowOf(make, folder, groups, partly);
      console.error(cells(row).join(", "));
      rows.push(row);
    }
    console.log(report(rows, groups));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
