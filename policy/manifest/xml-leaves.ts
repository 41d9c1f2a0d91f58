/** The single values in XML, or in what is written like it, each under the name it has there, whatever the vocabulary: an element's own, its attribute
 *  `name` or `key`, that of the element around a `<value>`, or the text of the element before it, as in `<param-name>a</param-name><param-value>b</param-value>`.
 *  Attributes by themselves are assignments, see line-leaves.ts. Reads each character a bounded number of times; what is not well formed is read as far as it goes. */

import type { Leaf } from "./leaf";

const tags = /<(\/?)([A-Za-z_][\w.:-]{0,199})((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>/g;
const attributes = /(?<![\w.:-])([\w.:-]{1,100})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')/g;
/** Attributes that name what an element holds, and those that hold it. */
const naming = ["name", "key", "property", "param", "field", "option", "id"];
const holding = ["value", "val", "content", "default"];
/** Elements that hold the value of what stands around or before them, and those that name what comes. */
const isValue = (name: string): boolean =>
  /(?:^|[-_.])(?:value|val|string|text|data)$/i.test(name) || /[a-z]Value$/.test(name);
const isName = (name: string): boolean => /(?:^|[-_.])(?:name|key)$/i.test(name) || /[a-z](?:Name|Key)$/.test(name);
/** Elements of HTML that show their text to people. */
const shown = /^(?:a|p|h[1-6]|label|legend|li|td|th|dt|dd|span|div|button|option|title|em|strong|code|small)$/i;

interface Element {
  readonly name: string;
  /** What its attributes say it holds. */
  readonly holds: string | undefined;
}

/** How many elements around one are remembered. */
const deepest = 40;

/** Leaves of the elements of a text. */
export function* xmlLeaves(text: string): Generator<Leaf> {
  const leaf = (name: string, value: string): Leaf => ({ keys: [name], path: name, value });
  const around: Element[] = [];
  let opened = -1;
  let before: string | undefined;
  for (const match of text.matchAll(tags)) {
    const [whole, slash, name = "", inside = ""] = match;
    const local = name.split(":").at(-1) ?? name;
    if (slash === "") {
      const { holds, value } = attributesOf(inside);
      if (holds !== undefined && value !== undefined) yield leaf(holds, value);
      opened = -1;
      if (inside.endsWith("/")) continue;
      around.push({ name: local, holds });
      if (around.length > deepest) around.shift();
      opened = match.index + whole.length;
      continue;
    }
    const at = around.findLastIndex((element) => element.name === local);
    if (at < 0) continue;
    const element = around[at];
    const isLeaf = opened >= 0 && at === around.length - 1;
    around.length = at;
    if (!isLeaf) before = undefined;
    else {
      const value = textIn(text.slice(opened, match.index));
      if (value !== "") {
        yield leaf(local, value);
        const holds = element?.holds;
        if (holds !== undefined && !shown.test(local) && !isCaption(holds, value)) yield leaf(holds, value);
        const outer = around.at(-1);
        if (isValue(local)) {
          const named = before ?? outer?.holds ?? outer?.name;
          if (named !== undefined && !isCaption(named, value)) yield leaf(named, value);
          before = before === undefined && local === "string" ? value : undefined;
        } else if (isName(local)) before = value;
      }
    }
    opened = -1;
  }
}

/** What attributes say an element holds, and the value they give it. */
function attributesOf(text: string): { holds: string | undefined; value: string | undefined } {
  const found = new Map<string, string>();
  for (const { 1: name = "", 2: double, 3: single } of text.replaceAll('\\"', '"').matchAll(attributes))
    found.set((name.split(":").at(-1) ?? name).toLowerCase(), double ?? single ?? "");
  const first = (names: readonly string[]) => names.map((name) => found.get(name)).find((value) => value !== undefined);
  if (found.has("clear-text")) return { holds: "password", value: found.get("clear-text") };
  return { holds: first(naming), value: first(holding) };
}

const textIn = (text: string): string =>
  text
    .trim()
    .replace(/^<!\[CDATA\[/, "")
    .replace(/\]\]>$/, "")
    .trim();

/** True for a caption of a form in a table of translations: a word that says the name again, or a sentence. */
const isCaption = (name: string, value: string): boolean =>
  value.length < 200 &&
  (/(?:label|caption|title|hint|prompt|message|forgot\W?password)$/i.test(name) ||
    /^[A-Z][a-z']*(?: [A-Za-z'-]+){2,30}[.?!:…]?$/.test(value) ||
    /^(?:Passw\w+|Passphrase|Kennwort|Token|Secret|Mot de passe|Contraseña|Senha|Wachtwoord)$/.test(value));
