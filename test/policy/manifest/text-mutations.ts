/** Random changes of a text: what slips of the hand, editors and hostile authors do to manifests. */
import type { Random } from "../parity/random";
import { comments, lineBreaks, markers, oddKeys, scalars, splinters, tagged } from "./text-pieces";

/** The text with some of its line breaks exchanged. */
export function broken(random: Random, text: string): string {
  if (random.chance(0.85)) return text;
  const mark = random.pick(lineBreaks);
  if (random.chance(0.4)) return text.replaceAll("\n", mark);
  return text.replace(/\n/g, (line) => (random.chance(0.15) ? mark : line));
}

/** The text with one to four changes. */
export function mutated(random: Random, original: string): string {
  let text = original;
  for (let changes = random.pick([1, 1, 1, 2, 4]); changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + 1 + random.below(random.pick([1, 4, 40])));
    const line = text.lastIndexOf("\n", at) + 1;
    switch (random.below(6)) {
      case 0:
        text = text.slice(0, at) + text.slice(end);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at, end) + text.slice(at);
        break;
      case 2:
        text = `${text.slice(0, line)}${random.pick([...markers, ...comments])}\n${text.slice(line)}`;
        break;
      case 3:
        text = text.slice(0, line) + random.pick([" ", "  ", "\t", "- ", "a: "]) + text.slice(line);
        break;
      case 4:
        text = text.slice(0, at) + random.pick(random.pick([scalars, tagged, oddKeys])) + text.slice(end);
        break;
      default:
        text = text.slice(0, at) + random.pick(splinters) + text.slice(at);
    }
  }
  return broken(random, text);
}
