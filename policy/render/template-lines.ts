/** Maps a line of rendered text to the line of the template it came from. Helm keeps no such map, so the two texts are laid side by side:
 *  lines that agree keep their order, and a rendered line nobody wrote belongs to the last agreeing line above it (the `include` or the value's key). */

const maxCells = 4_000_000;

/** One-based template line for the one-based `line` of `rendered`, or undefined when nothing above it agrees. */
export function templateLine(template: string, rendered: string, line: number): number | undefined {
  const whole = last?.template === template && last.rendered === rendered ? last : align(template, rendered);
  if (whole !== undefined) return lastAgreement(whole, line);
  const above = align(template, rendered.split("\n").slice(0, line).join("\n"));
  return above && lastAgreement(above, line);
}

/** Two texts laid side by side. */
interface Alignment {
  readonly template: string;
  readonly rendered: string;
  readonly printed: readonly string[];
  readonly written: readonly Pattern[];
  /** best[i * width + j]: how well the first i printed and the first j written lines agree. */
  readonly best: Uint32Array;
  readonly width: number;
}

/** The texts aligned last: findings of one document come one after the other. */
let last: Alignment | undefined;

function align(template: string, rendered: string): Alignment | undefined {
  const written = template.split("\n").map(pattern);
  const printed = rendered.split("\n").map((text) => text.trim());
  if (written.length * printed.length > maxCells) return undefined;
  const width = written.length + 1;
  const best = new Uint32Array((printed.length + 1) * width);
  for (let i = 1; i <= printed.length; i++) {
    for (let j = 1; j <= written.length; j++) {
      const score = agreement(printed[i - 1] ?? "", written[j - 1]);
      const skip = Math.max(best[(i - 1) * width + j] ?? 0, best[i * width + j - 1] ?? 0);
      best[i * width + j] = score === 0 ? skip : Math.max(skip, (best[(i - 1) * width + j - 1] ?? 0) + score);
    }
  }
  last = { template, rendered, printed, written, best, width };
  return last;
}

interface Pattern {
  readonly start: string;
  readonly exact: boolean;
}

/** What a template line prints for certain: all of it, or what stands before its first action. */
function pattern(line: string): Pattern {
  const action = line.indexOf("{{");
  return action < 0 ? { start: line.trim(), exact: true } : { start: line.slice(0, action).trim(), exact: false };
}

/** Whole lines weigh more than beginnings; comments and blank lines weigh nothing. */
function agreement(printed: string, written: Pattern | undefined): number {
  if (written === undefined || written.start === "" || printed === "" || printed.startsWith("#")) return 0;
  if (written.exact) return printed === written.start ? 3 : 0;
  return /\w/.test(written.start) && printed.startsWith(written.start) ? 2 : 0;
}

/** The written line that the last agreeing of the first `line` printed lines is matched with, walking back through the best way. */
function lastAgreement({ best, width, printed, written }: Alignment, line: number): number | undefined {
  let i = Math.min(line, printed.length);
  let j = written.length;
  while (i > 0 && j > 0) {
    const here = best[i * width + j] ?? 0;
    const score = agreement(printed[i - 1] ?? "", written[j - 1]);
    if (here === best[i * width + j - 1]) j -= 1;
    else if (score > 0 && here === (best[(i - 1) * width + j - 1] ?? 0) + score) return j;
    else i -= 1;
  }
  return undefined;
}
