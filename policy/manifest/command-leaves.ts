/** The single values a command is told: `--flag value`, `-p secret` of the commands whose flag that is, scripts in scripts. `--flag=value` and
 *  `NAME=value` are parts of a line, see line-leaves.ts. */

import type { Leaf } from "./leaf";
import { unquoted, wordReader } from "./shell-word";

/** Flags of one letter that take a password, by command. Sources: the commands' own manual pages. */
const letters: readonly (readonly [command: RegExp, flags: string, needs?: string])[] = [
  [/^(?:mysql|mariadb)/, "p"],
  [/^sshpass$/, "p"],
  [/^mongo/, "p"],
  [/^(?:docker|podman|nerdctl|skopeo|buildah|crane|oras|helm|az|cf|oc|argocd)$/, "p", "login"],
  [/^redis-(?:cli|benchmark)$/, "a"],
  [/^(?:ldap|slap)/, "w"],
  [/^(?:sqlcmd|bcp|isql)$/, "P"],
  [/^(?:zip|unzip)$/, "P"],
];
/** Flags that take USER:PASSWORD. Sources: curl(1), http(1). */
const users = /^(?:-u|--user|-U|--proxy-user|-a|--auth)$/;
const usersOf = /^(?:curl|http|https|xh)$/;
/** Commands in front of the one that is run. */
const wrappers =
  /^(?:sudo|exec|env|time|nice|nohup|command|then|do|else|if|while|until|!|\{|tini|dumb-init|--|-[A-Za-z])$/;

/** Values given to the words of one command, with the index of the word they stand in. */
export function argumentLeaves(words: readonly string[]): (Leaf & { readonly index: number })[] {
  const first = words.findIndex((word) => !wrappers.test(word) && !/^\w+=/.test(word));
  const command = (words[first] ?? "").split("/").at(-1) ?? "";
  const [, flags = "", needs] = letters.find(([name]) => name.test(command)) ?? [];
  const taking = needs === undefined || words.includes(needs) ? flags : "";
  const found: (Leaf & { readonly index: number })[] = [];
  const add = (index: number, name: string, value = ""): void => {
    if (value !== "") found.push({ index, keys: [name], path: name, value: unquoted(value) });
  };
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    const value = next?.startsWith("-") ? undefined : next;
    const letter = /^-([A-Za-z])/.exec(word)?.[1] ?? "-";
    if (index > first && taking.includes(letter)) {
      if (word.length > 2) add(index, "password", word.slice(2));
      else add(index + 1, "password", value);
    } else if (usersOf.test(command) && (users.test(word) || /^-u./.test(word))) {
      const [, password] = /^["']?[^\s:"']+:(.*)$/s.exec(/^-u./.test(word) ? word.slice(2) : (value ?? "")) ?? [];
      add(/^-u./.test(word) ? index : index + 1, "password", password?.replace(/["']$/, ""));
    } else if (command === "openssl" && /^["']?pass:/.test(word))
      add(index, "password", word.replace(/^["']?pass:/, ""));
    else if (/^--?[A-Za-z][\w.-]*$/.test(word) && !isGap(word, value)) add(index + 1, word.replace(/^-+/, ""), value);
  }
  return found;
}

/** True for what a manual writes behind a flag: `--token TOKEN`, `--password-file FILE`. */
const isGap = (flag: string, value = ""): boolean =>
  /^[A-Z_]+\]?$/.test(value) && flag.toUpperCase().replaceAll("-", "_").endsWith(value.replace("]", ""));

/** Values in a script: those of each of its commands, and of the scripts given to a command as one word. */
export function* commandLeaves(text: string): Generator<Leaf> {
  if (!/\s/.test(text)) return;
  for (const words of commandsOf(text)) {
    yield* argumentLeaves(words);
    for (const word of words)
      if (/^["'].*\s.*["']$/s.test(word)) yield { keys: [""], path: "script", value: unquoted(word) };
  }
}

/** Words of each command of a script. */
function* commandsOf(text: string): Generator<string[]> {
  const wordEnd = wordReader(text);
  let words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === "\\" && /[\r\n]/.test(text.charAt(at + 1))) at += 2;
    else if (character === " " || character === "\t" || character === "\r") at += 1;
    else if (character === "#") at = (text.indexOf("\n", at) + 1 || text.length + 1) - 1;
    else if (";|&()<>\n".includes(character)) {
      if (words.length > 0) yield words;
      words = [];
      at += 1;
    } else {
      const end = wordEnd(at, " \t\r\n;|&()<>");
      words.push(text.slice(at, end));
      at = Math.max(end, at + 1);
    }
  }
  if (words.length > 0) yield words;
}
