/** Whole numbers of fields that hold one, over the whole range of int64 and beyond it: as text, for a double keeps no more than 53 bits. */
import { parseJson } from "../../../policy/manifest/parse-json";
import type { Random } from "./random";

/** Makes a value of a whole number's digits. */
export type Whole = (digits: string) => unknown;

/** What the pack reads. */
export const read: Whole = (digits) => parseJson(digits);
/** A text that `exactJson` writes as the number. */
export const marked: Whole = (digits) => `whole:${digits}`;

/** JSON with every digit of the marked numbers. */
export function exactJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('"whole:') ? text.replace(/"whole:(-?\d+)"/g, "$1") : text;
}

const limits = {
  int32: [2n ** 31n - 1n, -(2n ** 31n)],
  int64: [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -(2n ** 53n), 2n ** 32n, 2n ** 31n, -(2n ** 31n), 2n ** 63n - 512n],
} as const;

/** Digits of a number: mostly one of `usual`, sometimes near a limit of the type, anywhere in it, or where `wrong` beyond it. */
export function digits(random: Random, type: "int32" | "int64", usual: readonly string[], wrong: boolean): string {
  const form = random.next();
  if (form < 0.8) return random.pick(usual);
  const bits = type === "int32" ? 31 : 63;
  if (form < 0.9) return String(BigInt.asIntN(bits + 1, bitsFrom(random)));
  if (form < 0.99 || !wrong) {
    const [most, least] = limits[type];
    const near = random.pick<bigint>(limits[type]) + BigInt(random.below(5) - 2);
    return String(near > most ? most : near < least ? least : near);
  }
  const beyond = random.pick([1n, 1n, 2n, 1024n, 2n ** 64n, bitsFrom(random)]);
  return String(random.chance(0.5) ? limits[type][0] + beyond : limits[type][1] - beyond);
}

const bitsFrom = (random: Random): bigint => (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32));
