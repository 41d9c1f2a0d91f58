/** Random pods, asked of both sides: ours and upstream's evaluator. */
import { strict as assert } from "node:assert";
import { parseJson } from "../../../policy/manifest/parse-json";
import { evaluatePod, type PodSecurityResult, type PodVerdict } from "../../../policy/pod-security/evaluate-pod";
import { newestVersion } from "../../../policy/pod-security/plan";
import { startOracle } from "../../oracle/oracle";
import { distinctPods, readFixtures } from "./fixtures";
import { PodGenerator } from "./pod-generator";
import { mutated } from "./pod-mutator";
import { Random } from "./random";
import { exactJson, marked } from "./whole-numbers";

/** One line of `hardened pss --jsonl`, and of found.jsonl beside this file. */
export interface Asked {
  readonly pod: unknown;
  readonly level: "privileged" | "baseline" | "restricted";
  readonly version: string;
  readonly kind: "Pod" | "PodTemplate";
  readonly emulation?: string;
}

/** How many pods ended how, which check refused how many, and how many were evaluated at which level and version. */
export interface Tally {
  readonly outcomes: Record<"allowed" | "forbidden" | "refused", number>;
  readonly checks: Record<string, number>;
  readonly policies: Record<string, number>;
}

/** What both sides must agree on: the verdict in its words, or that the API server would refuse the types. */
type Verdict = "refused" | Pick<PodVerdict, "allowed" | "reasons" | "detail">;

const ours = ({ problems, allowed, reasons, detail }: PodSecurityResult): Verdict =>
  problems.length > 0 ? "refused" : { allowed, reasons, detail };
const theirs = (answer: PodVerdict | { error: string }): Verdict => ("error" in answer ? "refused" : answer);

/** Reads a question as the pack reads JSON: upstream gets the line itself, with every digit of its whole numbers. */
export const askedIn = (line: string): Asked => parseJson(line) as Asked;

/** Throws, with the question as one line of JSON, when our answer differs from upstream's. Gives ours. */
export function compare(line: string, answer: PodVerdict | { error: string }): PodSecurityResult {
  const asked = askedIn(line);
  const result = evaluatePod(asked.pod, asked.level, asked.version, asked);
  const [got, expected] = [ours(result), theirs(answer)];
  if (!same(got, expected)) {
    const advice = "append this line to test/policy/parity/found.jsonl, then fix the check";
    assert.deepEqual(got, expected, `${advice}:\n${line}\nupstream: ${JSON.stringify(answer)}`);
  }
  return result;
}

/** As deepEqual, which takes more time than both evaluators together. */
function same(a: Verdict, b: Verdict): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  if (a.allowed !== b.allowed || a.detail !== b.detail || a.reasons.length !== b.reasons.length) return false;
  return a.reasons.every((reason, i) => reason === b.reasons[i]);
}

const chunk = 2_000;

/** Asks about `amount` pods, half of them generated, half upstream's own with changes; the same seed asks the same. Throws at the first disagreement. */
export async function fuzz(amount: number, seed: number): Promise<Tally> {
  const random = new Random(seed);
  const generator = new PodGenerator(random, undefined, undefined, marked);
  const originals = distinctPods(await readFixtures());
  const versions = [...Array.from({ length: newestVersion + 3 }, (_, minor) => `v1.${minor}`), "latest"];
  const question = (): Asked => ({
    pod: random.chance(0.5) ? generator.pod() : mutated(random.pick(originals), random, generator),
    level: random.pick(["privileged", "baseline", "restricted", "restricted", "restricted"] as const),
    version: random.chance(0.4) ? "latest" : random.pick(versions),
    kind: random.pick(["Pod", "PodTemplate"] as const),
    ...(random.chance(0.1) ? { emulation: random.pick(versions) } : {}),
  });
  const tally: Tally = { outcomes: { allowed: 0, forbidden: 0, refused: 0 }, checks: {}, policies: {} };
  const oracle = await startOracle();
  try {
    for (let done = 0; done < amount; done += chunk) {
      const questions = Array.from({ length: Math.min(chunk, amount - done) }, question);
      const lines = questions.map(exactJson);
      const answers = await oracle.askLines<PodVerdict | { error: string }>(lines);
      for (const [i, asked] of questions.entries())
        count(tally, asked, compare(lines[i] as string, answers[i] as PodVerdict));
    }
  } finally {
    await oracle.close();
  }
  return tally;
}

function count({ outcomes, checks, policies }: Tally, { level, version }: Asked, result: PodSecurityResult): void {
  const policy = `${level}:${version}`;
  policies[policy] = (policies[policy] ?? 0) + 1;
  outcomes[result.problems.length > 0 ? "refused" : result.allowed ? "allowed" : "forbidden"]++;
  for (const { upstream } of result.findings) checks[upstream] = (checks[upstream] ?? 0) + 1;
}

/** Both tallies in one. */
export function added(a: Tally, b: Tally): Tally {
  const sum = <K extends string>(one: Record<K, number>, other: Record<K, number>) =>
    Object.fromEntries(
      [...new Set([...Object.keys(one), ...Object.keys(other)] as K[])].map((key) => [
        key,
        (one[key] ?? 0) + (other[key] ?? 0),
      ]),
    ) as Record<K, number>;
  return {
    outcomes: sum(a.outcomes, b.outcomes),
    checks: sum(a.checks, b.checks),
    policies: sum(a.policies, b.policies),
  };
}

/** The pods must reach every outcome, check, level and version often, or their agreement says little. */
export function assertFar({ outcomes, checks, policies }: Tally, upstreamIds: readonly string[]): void {
  const amount = Object.values(outcomes).reduce((a, b) => a + b, 0);
  for (const [outcome, count] of Object.entries(outcomes))
    assert.ok(count > amount / 200, `${outcome}: ${count} of ${amount}`);
  for (const id of upstreamIds)
    assert.ok((checks[id] ?? 0) > amount / 1_000, `${id} refused ${checks[id]} of ${amount}`);
  for (let minor = 0; minor <= newestVersion + 2; minor++)
    for (const level of ["privileged", "baseline", "restricted"])
      assert.ok(
        (policies[`${level}:v1.${minor}`] ?? 0) > amount / 1_000,
        `${level}:v1.${minor}: ${policies[`${level}:v1.${minor}`]}`,
      );
}
