/** Pod Security verdicts a second, in memory, on one thread, messages included: this project's evaluator against Kubernetes' own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Level } from "../policy/contract";
import { kubernetesSchema } from "../policy/manifest/manifest-schema";
import { verdictOnPod } from "../policy/pod-security/evaluate-pod";
import { peer } from "./peers";
import { pods } from "./workloads";

interface Question {
  readonly level: Level;
  readonly version: string;
  readonly pod: unknown;
}

interface Answer {
  readonly perSecond: number;
  readonly allowed: number;
  /** Length of all messages, by which both are known to have said the same. */
  readonly length: number;
}

const passing = (): Question[] => pods(1000).map((pod) => ({ level: "restricted", version: "latest", pod }));

/** Upstream's test pods, each at its own level and version. */
function fixtures(): Question[] {
  const cwd = join(__dirname, "peers", "upstream");
  const args = ["list", "-m", "-f", "{{.Dir}}", "k8s.io/pod-security-admission"];
  const folder = join(execFileSync("go", args, { cwd, encoding: "utf8" }).trim(), "test", "testdata");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => {
      const [level, version] = file.split("/") as [Level, string];
      return { level, version, pod: load(readFileSync(join(folder, file), "utf8"), { schema: kubernetesSchema }) };
    });
}

/** Length of a text that is really there: until a character of it is asked for, a sum of texts is only remembered as one. */
const written = (text: string): number => (text.charCodeAt(text.length - 1) > 0 ? text.length : 0);

function own(questions: readonly Question[], rounds: number): Answer {
  let allowed = 0;
  let length = 0;
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (const { level, version, pod } of questions) {
      const verdict = verdictOnPod(pod, level, version);
      if (verdict.allowed) allowed += 1;
      else length += written(verdict.detail);
    }
  }
  const seconds = (performance.now() - start) / 1000;
  return { perSecond: (rounds * questions.length) / seconds, allowed: allowed / rounds, length: length / rounds };
}

function upstream(file: string, rounds: number): Answer {
  return JSON.parse(execFileSync(peer("upstream"), ["verdicts", file, String(rounds)], { encoding: "utf8" })) as Answer;
}

const sets: Readonly<Record<string, () => Question[]>> = { "passing pods": passing, "upstream's fixtures": fixtures };

function measure(title: string, made: readonly Question[], folder: string): void {
  const file = join(folder, "pods.jsonl");
  writeFileSync(file, made.map((question) => JSON.stringify(question)).join("\n"));
  // Both judge what they read from the same lines.
  const questions = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => JSON.parse(line) as Question);
  const rounds = Math.ceil(300_000 / questions.length);
  for (let turn = 0; turn < 3; turn++) own(questions, rounds); // the compiler's share is no verdict's
  // The best of several turns: what else the machine does only ever takes away.
  const best = { mine: 0, theirs: 0 };
  for (let turn = 0; turn < 7; turn++) {
    const mine = own(questions, rounds);
    const theirs = upstream(file, rounds);
    if (mine.allowed !== theirs.allowed || mine.length !== theirs.length)
      throw new Error(`${title}: ${JSON.stringify(mine)} is not ${JSON.stringify(theirs)}`);
    best.mine = Math.max(best.mine, mine.perSecond);
    best.theirs = Math.max(best.theirs, theirs.perSecond);
  }
  console.log(`${title} (${questions.length})`);
  console.log(`  this project  ${Math.round(best.mine).toLocaleString("en")} verdicts/s`);
  console.log(`  upstream (Go) ${Math.round(best.theirs).toLocaleString("en")} verdicts/s`);
  console.log(`  ratio         ${(best.mine / best.theirs).toFixed(2)}`);
}

const [, , chosen] = process.argv;
if (chosen === undefined) {
  // Each set in a process of its own, so that one does not spoil what the compiler learnt of the other.
  for (const set of Object.keys(sets)) {
    execFileSync(process.execPath, [...process.execArgv, __filename, set], { stdio: "inherit" });
  }
} else {
  const folder = mkdtempSync(join(tmpdir(), "bench-verdicts-"));
  try {
    measure(chosen, (sets[chosen] as () => Question[])(), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
