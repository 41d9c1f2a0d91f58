import assert from "node:assert/strict";
import type { JsonObject } from "../../../policy/contract";
import { overlay } from "../../../policy/manifest/overlay";
import { textOf } from "../tree";

/** What the documentation shows: sections with their commands, files and outputs, for the tests that run them. */

/** Texts of a page and what stands for them where it is run: `["<stack>", "e2e-ready"]`. */
export type Replacements = readonly (readonly [shown: string, here: string])[];

export interface Section {
  /** Everything below the heading, up to the next of its level. */
  readonly text: string;
  /** Fenced blocks of a language. */
  blocks(language: string): string[];
  /** The one fenced block of a language. */
  block(language: string): string;
  /** Every line of its `sh` blocks. */
  readonly commands: readonly string[];
}

/** The section of a page below a `##` heading, with what is replaced where it is run. Fails where there is none. */
export function section(file: string, heading: string, replacements: Replacements = []): Section {
  const [, ...parts] = textOf(file).split(/^(?=## )/m);
  const found = parts.find((part) => part.startsWith(`## ${heading}\n`)) ?? assert.fail(`${file}: no ${heading}`);
  const text = replacements.reduce((sum, [shown, here]) => sum.replaceAll(shown, here), found.replace(/^.*\n/, ""));
  const blocks = (language: string): string[] =>
    [...text.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, "gm"))].map(
      ([, one]) => one as string,
    );
  const block = (language: string): string => {
    const all = blocks(language);
    assert.equal(all.length, 1, `${file}, ${heading}: ${all.length} blocks of ${language}`);
    return all[0] as string;
  };
  return { text, blocks, block, commands: blocks("sh").flatMap((one) => one.trimEnd().split("\n")) };
}

/** Headings of a page's sections. */
export const headings = (file: string): string[] =>
  [...textOf(file).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading as string);

/** What differs from run to run, and what is compared in its place. Everything else of an output is compared as it is printed. */
export type Varying = readonly [pattern: RegExp, stands: string];
const ofPods = "[bcdfghjklmnpqrstvwxz2456789]";
const varying: readonly Varying[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ/g, "TIME"],
  [/"\d{4}-\d\d-\d\d"/g, '"DATE"'],
  [new RegExp(`-${ofPods}{5,10}-${ofPods}{5}\\b`, "g"), "-POD"],
  [/^ *\d+\.\d s {2}/gm, "SECONDS  "],
  [/\b\d+(\.\d+)? ms\b/g, "MS"],
  [/ {2,}/g, "  "],
  [/ +$/gm, ""],
];

/** Numbers after a word, from the least one on: two outputs are the same where their numbers go up alike. */
function counted(text: string, word: string): string {
  const pattern = new RegExp(`\\b${word} (\\d+)`, "g");
  const least = Math.min(...[...text.matchAll(pattern)].map(([, number]) => Number(number)));
  return text.replaceAll(pattern, (_, number: string) => `${word} N+${Number(number) - least}`);
}

const settled = (text: string, more: readonly Varying[]): string =>
  counted(
    [...more, ...varying].reduce((sum, [pattern, stands]) => sum.replaceAll(pattern, stands), text.trim()),
    "revision",
  );

/**
 * Fails unless a command printed what the page shows, but for what varies. In the page a line of "…" stands for any lines, and "…" in a line for
 * any text without a blank.
 */
export function printsAsShown(printed: string, shown: string, more: readonly Varying[] = []): void {
  const [said, expected] = [settled(printed, more), settled(shown, more)];
  const lines = expected.split("\n").map((line) =>
    line.trim() === "…"
      ? "(?:.*\\n)*?"
      : `${line
          .split("…")
          .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
          .join("\\S*")}\\n`,
  );
  if (new RegExp(`^${lines.join("")}$`).test(`${said}\n`)) return;
  assert.equal(said, expected, "the page shows another output");
}

/** A file's map with the lines of another added, as a user adds them: maps are joined, everything else is replaced. */
export const over = (base: object, added: object): Record<string, unknown> =>
  overlay(base as JsonObject, added as JsonObject);
