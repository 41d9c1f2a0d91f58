import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { podSecurityChecks } from "../../policy/pod-security/registry";
import { startOracle } from "../oracle/oracle";
import { added, assertFar, type Tally } from "../policy/parity/fuzz";

/** Parts of equal size, each with a seed of its own, so that the pods are the same however many processes there are. */
const parts = 20;
const each = 50_000;
const seed = 1_000_000;

/** Evaluates one part in a process of its own; throws with what it disagreed on. */
async function part(index: number): Promise<Tally> {
  const child = fork(join(__dirname, "..", "policy", "parity", "fuzz-part.ts"), [String(each), String(seed + index)], {
    execArgv: ["-r", "ts-node/register/transpile-only"],
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    words = (words + chunk).slice(-20_000);
  });
  let tally: Tally | undefined;
  child.once("message", (message: Tally) => {
    tally = message;
  });
  await once(child, "close");
  assert.ok(tally, `part ${index}, seed ${seed + index}: ${words}`);
  return tally;
}

describe("parity on a million pods", function () {
  this.timeout(1_800_000);
  before(async () => (await startOracle()).close()); // built once, before the parts want it

  it(`[PSS] agrees with upstream on all of ${(parts * each).toLocaleString("en")} random pods, seeds ${seed} to ${seed + parts - 1}`, async () => {
    const waiting = Array.from({ length: parts }, (_, index) => index).values();
    const tallies: Tally[] = [];
    const work = async (): Promise<void> => {
      for (const index of waiting) tallies.push(await part(index));
    };
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
    const tally = tallies.reduce(added);
    assert.equal(
      Object.values(tally.outcomes).reduce((a, b) => a + b, 0),
      parts * each,
    );
    assertFar(
      tally,
      podSecurityChecks.map(({ upstream }) => upstream),
    );
  });
});
