/** Where a word of a shell or of a line of settings ends: quotes, `$(…)`, `${…}`, backticks and `{{ … }}` belong to it whole, whatever stands in them.
 *  Source: POSIX.1-2024, Shell Command Language, 2.2 Quoting and 2.6 Word Expansions. Reads each character once. */

/** Reads words of a text. The function gives the index behind the word that begins at `start`: before one of the characters `ends`, or after `limit`. */
export function wordReader(text: string): (start: number, ends: string, limit?: number) => number {
  // What is never closed opens nothing: the apostrophe in "don't".
  const last = new Map(["'", '"', "`", "}", ")", "}}"].map((closer) => [closer, text.lastIndexOf(closer)]));
  const closes = (closer: string, at: number) => at < (last.get(closer) ?? -1);
  return (start, ends, limit = Number.POSITIVE_INFINITY) => {
    const stop = Math.min(text.length, start + limit);
    const open: string[] = [];
    let quotes = 0;
    for (let at = start; at < stop; at += 1) {
      const character = text.charAt(at);
      const closer = open.at(-1);
      if (closer === "'" && character !== "'") continue;
      if (character === "\\") at += 1;
      else if (closer !== undefined && text.startsWith(closer, at)) {
        open.pop();
        if (closer === '"') quotes -= 1;
        at += closer.length - 1;
      } else if (closer === undefined && ends.includes(character)) return at;
      else {
        const opened = openedAt(text, at, closer, quotes > 0);
        if (opened === undefined || !closes(opened.closer, at)) continue;
        open.push(opened.closer);
        if (opened.closer === '"') quotes += 1;
        at += opened.length - 1;
      }
    }
    return stop;
  };
}

/** What begins at a character, and how it ends. In double quotes only expansions begin. */
function openedAt(
  text: string,
  at: number,
  inside: string | undefined,
  inQuotes: boolean,
): { closer: string; length: number } | undefined {
  const character = text.charAt(at);
  const next = text.charAt(at + 1);
  if (next === "{" && "$#%@".includes(character)) return { closer: "}", length: 2 };
  if (character === "$" && next === "(") return { closer: ")", length: 2 };
  if (character === "{" && next === "{") return { closer: "}}", length: 2 };
  if (character === "`") return { closer: "`", length: 1 };
  if (inside === '"') return undefined;
  if (character === '"') return { closer: '"', length: 1 };
  if (character === "'" && !inQuotes) return { closer: "'", length: 1 };
  return character === "(" && inside === ")" ? { closer: ")", length: 1 } : undefined;
}

/** A word without its quotes. Those of an expansion stay. */
export function unquoted(word: string): string {
  const whole = /^(["'])(.*)\1$/s.exec(word)?.[2];
  if (whole !== undefined) return whole;
  return /[$`]|\{\{/.test(word) ? word : word.replaceAll(/["']/g, "");
}
