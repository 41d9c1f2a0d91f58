import { strict as assert } from "node:assert";
import type { Result } from "./run";

/** What a run says it planned or did, such as "update Release mailroom [values]", sorted; of `up` only what was done. */
export function changes({ text }: Pick<Result, "text">): string[] {
  const [planned, done] = text.split(/^up of stack .*$/m);
  const words =
    done === undefined
      ? /^ {2}(create|update|delete|create new|delete old) +(\w+ .*)$/gm
      : /^ {2}(created|updated|deleted|created new|deleted old) +(\w+ \S+)/gm;
  return [...(done ?? planned ?? "").matchAll(words)].map(([, word, what]) => `${word} ${what}`).sort();
}

/** Each part is in the run's text, in this order. */
export function inOrder({ text }: Pick<Result, "text">, ...parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    assert.ok(at >= 0, `no ${part} where it should be in:\n${text}`);
    from = at + part.length;
  }
}

/** The run succeeded. */
export function succeeded(result: Result): Result {
  assert.equal(result.code, 0, result.text);
  return result;
}

/** The run failed as a user may see it: an exit code of its own, words, and nothing of the program's inside. */
export function failed(result: Result): string {
  assert.ok(result.code !== 0 && result.code !== null, result.text);
  assert.doesNotMatch(result.text, /^\s+at .*[(:]\d+|node:internal|\[native code\]|goroutine \d|UnhandledPromise/m);
  return result.text;
}
