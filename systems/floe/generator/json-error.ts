/** Position of a JSON syntax error. JSON.parse reports it only in some cases, and quotes the text, which may contain a secret. Pure. */

const word =
  /[ \t\n\r]*(?:([{}[\],:])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?![\w.+-]))/y;
const blanks = /[ \t\n\r]*/y;

/** A position in a text, both from 1, and what JSON expects there. */
export interface JsonError {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

type State = "value" | "value or ]" | "key" | "key or }" | ":" | ", or }" | ", or ]" | "the end";

const described: Readonly<Record<State, string>> = {
  value: "a value",
  "value or ]": 'a value or "]"',
  key: "a key in double quotes",
  "key or }": 'a key in double quotes or "}"',
  ":": '":"',
  ", or }": '"," or "}"',
  ", or ]": '"," or "]"',
  "the end": "the end of the text",
};

/** The first position that is not valid JSON; undefined for a valid text. */
export function jsonErrorIn(text: string): JsonError | undefined {
  const open: ("{" | "[")[] = [];
  let state: State = "value";
  let at = 0;
  const afterValue = (): State => {
    const inside = open.at(-1);
    return inside === undefined ? "the end" : inside === "{" ? ", or }" : ", or ]";
  };
  for (;;) {
    word.lastIndex = at;
    const found: RegExpExecArray | null = word.exec(text);
    const [, mark, quoted, scalar] = found ?? [];
    const next: State | undefined =
      found === null ? undefined : stateAfter(state, { mark, quoted, scalar }, open, afterValue);
    if (next === undefined) {
      blanks.lastIndex = at;
      blanks.exec(text);
      const stop = blanks.lastIndex;
      return state === "the end" && stop === text.length
        ? undefined
        : { ...placeOf(text, stop), expected: described[state] };
    }
    state = next;
    at = word.lastIndex;
  }
}

interface Token {
  readonly mark: string | undefined;
  readonly quoted: string | undefined;
  readonly scalar: string | undefined;
}

/** The state after a token; undefined when the token is not allowed here. */
function stateAfter(
  state: State,
  { mark, quoted, scalar }: Token,
  open: ("{" | "[")[],
  afterValue: () => State,
): State | undefined {
  if (state === "value" || state === "value or ]") {
    if (quoted !== undefined || scalar !== undefined) return afterValue();
    if (mark === "{" || mark === "[") {
      open.push(mark);
      return mark === "{" ? "key or }" : "value or ]";
    }
  }
  const closes =
    (mark === "}" && (state === "key or }" || state === ", or }")) ||
    (mark === "]" && (state === "value or ]" || state === ", or ]"));
  if (closes) {
    open.pop();
    return afterValue();
  }
  if (quoted !== undefined && (state === "key" || state === "key or }")) return ":";
  if (mark === ":" && state === ":") return "value";
  if (mark === "," && state === ", or }") return "key";
  if (mark === "," && state === ", or ]") return "value";
  return undefined;
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: at - start + 1 };
}
