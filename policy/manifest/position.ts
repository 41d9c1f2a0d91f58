/** Finds the line of a field, only for documents with a finding: recording all positions would cost time and memory for every document. */
import { load, type State, YAMLException } from "js-yaml";
import { segments } from "./field-path";
import { kubernetesSchema } from "./manifest-schema";

/** A key, an item or the whole document, and what is inside it by key or index. */
interface Position {
  readonly line: number;
  inside: Map<string, Position>;
  /** The key read last, while its value is not. */
  key: Position | undefined;
  value: unknown;
}

/** The document read last: findings of one document come one after the other. */
let last: { readonly text: string; readonly root: Position | undefined } | undefined;

function read(text: string): Position | undefined {
  if (last?.text !== text) last = { text, root: places(text) };
  return last.root;
}

/** Watches the parser that reads manifests: it opens and closes each node, of a map the keys and the values in turn, and passes over what is empty. */
function places(text: string): Position | undefined {
  const open: Position[] = [];
  let root: Position | undefined;
  const listener = (event: "open" | "close", state: State): void => {
    if (event === "open") {
      open.push({ line: state.line + 1, inside: new Map(), key: undefined, value: undefined });
      return;
    }
    const place = open.pop() as Position;
    // What might be the first key of a map is read as such, and kept when no colon follows.
    const tried = place.inside.get("0");
    if (tried !== undefined && tried.value === state.result) place.inside = tried.inside;
    place.value = state.result;
    const outer = open.at(-1);
    if (outer === undefined) root = place;
    else if (isBeforeColon(state)) {
      outer.key = place;
      outer.inside.set(String(state.result), place);
    } else if (outer.key !== undefined) {
      outer.key.inside = place.inside;
      outer.key = undefined;
    } else outer.inside.set(String(outer.inside.size), place);
  };
  try {
    load(text, { schema: kubernetesSchema, listener: (event, state) => listener(event, state) });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
  }
  return root;
}

const colon = /[ \t]*:/y;

/** Only a key is followed by a colon. */
function isBeforeColon({ input, position }: State): boolean {
  colon.lastIndex = position;
  return colon.test(input);
}

/** The line of a key of the document itself, when one line begins with it: most findings about a whole object name its `spec`, and need no second reading. */
function lineOfRootKey(text: string, key: string): number | undefined {
  if (!/^\w+$/.test(key)) return undefined;
  const [only, ...more] = text.matchAll(new RegExp(`^${key}:(?=\\s|$)`, "gm"));
  if (only === undefined || more.length > 0) return undefined;
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < only.index; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** One-based line, inside `text`, of the field at `path`, or of the nearest field above it that exists. Undefined when the text cannot be read
 *  or is no tree. */
export function lineOf(text: string, path: string): number | undefined {
  const atRoot = lineOfRootKey(text, path);
  if (atRoot !== undefined) return atRoot;
  let place = read(text);
  let line = place?.inside.values().next().value?.line;
  for (const segment of segments(path)) {
    place = place?.inside.get(String(segment));
    if (place === undefined) break;
    line = place.line;
  }
  return line;
}
