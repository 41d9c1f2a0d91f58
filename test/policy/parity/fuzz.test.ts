import { strict as assert } from "node:assert";
import { evaluatePod, type PodSecurityResult, type PodVerdict } from "../../../policy/pod-security/evaluate-pod";
import { newestVersion } from "../../../policy/pod-security/plan";
import { type Oracle, startOracle } from "../../oracle/oracle";
import { distinctPods, readFixtures } from "./fixtures";
import { PodGenerator } from "./pod-generator";
import { mutated } from "./pod-mutator";
import { Random } from "./random";

const amount = Number(process.env.FUZZ_PODS ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? 20_261_121);
const chunk = 2_000;

/** What both sides must agree on: the verdict in its words, or that the API server would refuse the types. */
const ours = ({ problems, allowed, reasons, detail }: PodSecurityResult) =>
  problems.length > 0 ? "refused" : { allowed, reasons, detail };
const theirs = (answer: PodVerdict | { error: string }) => ("error" in answer ? "refused" : answer);

describe(`parity on ${amount} random pods, seed ${seed}`, function () {
  this.timeout(Math.max(240_000, amount * 3));
  let oracle: Oracle;
  before(async () => {
    oracle = await startOracle();
  });
  after(() => oracle?.close());

  it("[PSS] agrees with upstream on every generated or mutated pod", async () => {
    const random = new Random(seed);
    const generator = new PodGenerator(random);
    const originals = distinctPods(await readFixtures());
    const versions = [...Array.from({ length: newestVersion + 3 }, (_, minor) => `v1.${minor}`), "latest"];
    const seen = { allowed: 0, forbidden: 0, refused: 0 };

    const question = () => ({
      pod: random.chance(0.5) ? generator.pod() : mutated(random.pick(originals), random, generator),
      level: random.pick(["privileged", "baseline", "restricted", "restricted", "restricted"] as const),
      version: random.chance(0.4) ? "latest" : random.pick(versions),
      kind: random.pick(["Pod", "PodTemplate"] as const),
      ...(random.chance(0.1) ? { emulation: random.pick(versions) } : {}),
    });
    for (let done = 0; done < amount; done += chunk) {
      const questions = Array.from({ length: Math.min(chunk, amount - done) }, question);
      const answers = await oracle.ask<PodVerdict | { error: string }>(questions);
      questions.forEach((asked, i) => {
        const expected = theirs(answers[i] as PodVerdict);
        const got = ours(evaluatePod(asked.pod, asked.level, asked.version, asked));
        seen[expected === "refused" ? "refused" : expected.allowed ? "allowed" : "forbidden"]++;
        assert.deepEqual(got, expected, `pod ${done + i}: ${JSON.stringify(asked)} → ${JSON.stringify(answers[i])}`);
      });
    }
    // The pods must reach all three outcomes, or the agreement says little.
    for (const [outcome, count] of Object.entries(seen))
      assert.ok(count > amount / 200, `${outcome}: ${count} of ${amount}`);
  });
});
