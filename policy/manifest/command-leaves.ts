/** The single values a command is told: `--flag value`, `-p secret` of the commands whose flag that is, scripts in scripts. `--flag=value` and
 *  `NAME=value` are parts of a line, see line-leaves.ts. */

import { type Client, clients } from "./clients";
import type { Leaf } from "./leaf";
import { type Command, inputLeaves, writtenBy } from "./piped-input";
import { unquoted, wordReader } from "./shell-word";

/** Commands in front of the one that is run. */
const wrappers =
  /^(?:sudo|exec|env|time|nice|nohup|command|then|do|else|if|while|until|!|\{|tini|dumb-init|--|-[A-Za-z])$/;

/** Programs that run another, which stands somewhere behind them. */
const runners =
  /^(?:docker|podman|nerdctl|kubectl|oc|k|docker-compose|timeout|gosu|su-exec|xargs|chroot|runuser|setpriv|watch|ssh|retry|unbuffer|flock|stdbuf|ionice|setsid)$/;

// cspell:disable: names of programs
/** Programs that ask a person for a password: what they are told is the question. */
const askers =
  /^(?:read|whiptail|[Xc]?dialog|zenity|qarma|kdialog|yad|gum|systemd-ask-password|plymouth|(?:\w+-)?ssh-askpass|ksshaskpass|pinentry(?:-\w+)?)$/;
// cspell:enable

/** A value in a command, and the word it stands in. */
type ArgumentLeaf = Leaf & { readonly index: number };

const programOf = (word = ""): string => unquoted(word).split("/").at(-1) ?? "";

/** Where the program stands whose words these are. */
function programAt(words: readonly string[]): number {
  const first = words.findIndex((word) => !wrappers.test(word) && !/^\w+=/.test(word));
  if (first < 0 || !runners.test(programOf(words[first]))) return first;
  const inner = words.findIndex(
    (word, index) => index > first && clients.some(({ program }) => program.test(programOf(word))),
  );
  return inner < 0 || words[first + 1] === "login" ? first : inner;
}

/** Values given to the words of one command, with the index of the word they stand in. */
export function argumentLeaves(words: readonly string[]): ArgumentLeaf[] {
  const first = programAt(words);
  if (askers.test(programOf(words[first]))) return [];
  const rest = words.slice(first + 1);
  const rows = clients.filter(
    ({ program, needs }) =>
      program.test(programOf(words[first])) && (needs === undefined || rest.some((word) => needs.test(word))),
  );
  const told: ArgumentLeaf[] = [];
  const add = (index: number, name: string, value = ""): void => {
    const text = unquoted(value);
    if (text !== "" && !(name === "password" && isManual(text)))
      told.push({ index, keys: [name], path: name, value: text });
  };
  for (const row of rows) {
    for (const [index, word] of words.entries()) if (index > first) fromWord(row, words, index, word, add);
    fromOperands(row, words, first, add);
  }
  const consumed = new Set(told.map(({ index }) => index));
  for (const [index, word] of words.entries())
    if (/^--?[A-Za-z][\w.-]*$/.test(word) && !consumed.has(index)) {
      const next = words[index + 1];
      const value = next?.startsWith("-") ? undefined : next;
      if (!isGap(word, value)) add(index + 1, word.replace(/^-+/, ""), value);
    }
  return told.sort((one, other) => one.index - other.index);
}

type Add = (index: number, name: string, value?: string) => void;

/** What a word says, or the one behind it. */
function fromWord(client: Client, words: readonly string[], index: number, word: string, add: Add): void {
  const next = words[index + 1]?.startsWith("-") ? undefined : words[index + 1];
  const bare = unquoted(word);
  const letter = /^-([A-Za-z])/.exec(word)?.[1];
  if (letter !== undefined && client.letters?.includes(letter)) {
    if (word.length > 2) add(index, "password", word.slice(2));
    else add(index + 1, "password", next);
  }
  const [, long = word, behind] = /^(--?[\w-]+)=(.*)$/s.exec(word) ?? [];
  if (client.flags?.test(long)) add(behind === undefined ? index + 1 : index, "password", behind ?? next);
  const prefix = client.prefixes?.exec(bare)?.[0];
  if (prefix !== undefined)
    add(index, "password", word.startsWith(prefix) ? word.slice(prefix.length) : bare.slice(prefix.length));
  const account = client.account?.exec(bare)?.[1];
  if (account !== undefined) add(index, "password", account);
  if (client.users === undefined) return;
  const [, flag = word, joined] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? /^(-[A-Za-z])(.+)$/s.exec(word) ?? [];
  if (!client.users.test(flag) && !client.users.test(word)) return;
  const value = unquoted(joined ?? next ?? "");
  const cut = value.indexOf(client.between ?? ":");
  if (cut > 0) add(joined === undefined ? index + 1 : index, "password", value.slice(cut + 1));
}

/** What operands say by their place. */
function fromOperands(client: Client, words: readonly string[], first: number, add: Add): void {
  if (client.at === undefined && client.settings === undefined) return;
  const start = client.behind ?? client.settings;
  const from = start === undefined ? first : words.findIndex((word, index) => index > first && start.test(word));
  if (from < 0) return;
  const operands = [...words.entries()].filter(([index, word]) => index > from && !word.startsWith("-"));
  if (client.settings !== undefined) {
    for (const [place, [, name]] of operands.entries()) {
      const [index, value] = operands[place + 1] ?? [];
      if (index !== undefined && value !== undefined && !/[=\s]/.test(name + value)) add(index, unquoted(name), value);
    }
    return;
  }
  if (client.count !== undefined && !client.count.includes(operands.length)) return;
  const [index, value] = operands.at(client.at ?? 0) ?? [];
  // `vault login role=a` is an assignment.
  if (index !== undefined && !/^\w[\w.-]*=/.test(value ?? "")) add(index, "password", value);
}

/** True for what a manual writes where a password goes: `PASSWORD`, `[TOKEN]`. */
const isManual = (text: string): boolean =>
  /^\[?[A-Z_]*(?:PASSWORD|PASS|PASSWD|PW|PWD|TOKEN|SECRET|KEY|USER|USERNAME|VALUE|FILE)\]?$/.test(text);

/** True for what a manual writes behind a flag: `--token TOKEN`, `--password-file FILE`. */
const isGap = (flag: string, value = ""): boolean =>
  /^[A-Z_]+\]?$/.test(value) && flag.toUpperCase().replaceAll("-", "_").endsWith(value.replace("]", ""));

/** Values in a script: those of each of its commands, what one writes for another, and of the scripts given to a command as one word. */
export function* commandLeaves(text: string): Generator<Leaf> {
  if (!/\s/.test(text)) return;
  let before: readonly string[] = [];
  let reader: readonly string[] | undefined;
  let closer = "";
  let file: string | undefined;
  for (const { words, after } of commandsOf(text)) {
    // An option in brackets is one that a text speaks of.
    if (!(after.endsWith("(") && words[0]?.startsWith("-"))) yield* argumentLeaves(words);
    for (const word of words)
      if (/^["'].*\s.*["']$/s.test(word)) yield { keys: [""], path: "script", value: unquoted(word) };
    if (after === "<<<") yield* inputLeaves(before, words.slice(0, 1).map(unquoted));
    const written = /^\)*(?:\|&?\n*|>>?)$/.test(after) ? writtenBy(before) : undefined;
    if (written !== undefined) yield* after.includes("|") ? inputLeaves(words, written) : fileLeaves(words[0], written);
    if (reader !== undefined && words[0] === closer) reader = undefined;
    if (/^\)*>>?$/.test(after)) file = words[0] === "/dev/null" ? file : words[0];
    else if (reader === undefined && after !== "<<") file = programOf(words[0]) === "tee" ? words.at(-1) : undefined;
    if (reader !== undefined) {
      yield* inputLeaves(reader, [words.join(" ")]);
      if (after.endsWith("\n")) yield* fileLeaves(file, [words.join(" ")]);
    }
    if (after === "<<") {
      reader = before;
      closer = unquoted(words[0]?.replace(/^-/, "") ?? "");
    }
    before = words;
  }
}

/** What is written to a file goes by its name: `echo x > /run/password`, `cat > .htpasswd <<EOF`. */
function* fileLeaves(path: string | undefined, written: readonly string[]): Generator<Leaf> {
  if (path === undefined) return;
  const name = programOf(path).replace(/\.txt$/, "");
  if (!/^null$|[$`]/.test(name)) for (const value of written) yield { keys: [name], path: name, value };
}

/** The commands of a script, each with its words. */
function* commandsOf(text: string): Generator<Command> {
  const wordEnd = wordReader(text);
  let words: string[] = [];
  let after = "";
  let between = "";
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === "\\" && /[\r\n]/.test(text.charAt(at + 1))) at += 2;
    else if (character === " " || character === "\t" || character === "\r") at += 1;
    else if (character === "#") at = (text.indexOf("\n", at) + 1 || text.length + 1) - 1;
    else if (";|&()<>\n".includes(character)) {
      if (words.length > 0) yield { words, after };
      if (words.length > 0) between = "";
      words = [];
      if (between.length < 10) between += character;
      at += 1;
    } else {
      if (words.length === 0) after = between;
      const end = wordEnd(at, " \t\r\n;|&()<>");
      words.push(text.slice(at, end));
      at = Math.max(end, at + 1);
    }
  }
  if (words.length > 0) yield { words, after };
}
