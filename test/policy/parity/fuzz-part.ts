/** A process of its own for a part of the fuzz: amount and seed as arguments, the tally as its only message. */
import { fuzz } from "./fuzz";

const [amount, seed] = process.argv.slice(2).map(Number) as [number, number];
fuzz(amount, seed).then(
  (tally) => process.send?.(tally),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
