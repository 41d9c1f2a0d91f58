/** Passwords that a command reads from another: `echo x | docker login --password-stdin`, `chpasswd <<< a:x`. Sources: the programs' own manuals. */

import type { Leaf } from "./leaf";
import { unquoted } from "./shell-word";

/** A command of a script, and what stands between the one before and it. */
export interface Command {
  readonly words: readonly string[];
  readonly after: string;
}

// cspell:disable: names of programs
/** Programs that read a password from their input, some only when asked to. */
const readers: readonly (readonly [program: RegExp, asked?: RegExp])[] = [
  [
    /^(?:chpasswd|chgpasswd|passwd|kinit|vncpasswd|saslpasswd2|smbpasswd|pdbedit|cryptsetup|realm|adcli|mysql_config_editor|ssh-add)$/,
  ],
  [/^sudo$/, /^(?:-\w*S\w*|--stdin)$/],
  [/^su$/],
  [/^gpg2?$/, /^--passphrase-fd(?:=0)?$/],
  [/^(?:vault|bao)$/, /^-$/],
  [/^htpasswd$/, /^-\w*i/],
  [/^(?:elasticsearch|kibana|logstash)-keystore$/, /^(?:-x|--stdin)$/],
  [/^wrangler$/, /^secret$/],
  [/./, /^--(?:[\w-]*(?:pass|password|passphrase|token|secret)[\w-]*-stdin|with-token|token-stdin|passin=stdin)$/],
];
const accounts = /^(?:chpasswd|chgpasswd)$/;
// cspell:enable

const programOf = (words: readonly string[]): string =>
  words
    .find((word) => !/^\w+=/.test(word))
    ?.split("/")
    .at(-1) ?? "";

/** What one command gives another to read, as a credential. */
export function* inputLeaves(words: readonly string[], input: readonly string[]): Generator<Leaf> {
  const asked = /^(?:redis|valkey|keydb)-cli$/.test(programOf(words))
    ? input.map((word) => /^auth\s+(?:\S+\s+)?(\S+)\s*$/i.exec(word)?.[1] ?? "")
    : [];
  for (const value of asked) if (value !== "") yield { keys: ["password"], path: "password", value };
  const command = words.filter((word) => !/^\w+=/.test(word) && word !== "exec");
  const program = command[0]?.split("/").at(-1) ?? "";
  const rest = command.slice(1);
  const inner = /^(?:sudo|env)$/.test(program)
    ? rest.findIndex((word) => accounts.test(word.split("/").at(-1) ?? ""))
    : -1;
  const isReader = readers.some(
    ([name, asked]) => name.test(program) && (asked === undefined || rest.some((word) => asked.test(word))),
  );
  if (!isReader && inner < 0) return;
  for (const line of input.flatMap((word) => word.split(/\\n|\n/))) {
    const text = accounts.test(program) || inner >= 0 ? line.slice(line.indexOf(":") + 1) : line;
    if (text.trim() !== "") yield { keys: ["password"], path: "password", value: text.trim() };
  }
}

/** What a command writes, if it only writes what it is told: echo and printf. */
export function writtenBy(words: readonly string[]): readonly string[] | undefined {
  const [program = "", ...rest] = words.filter((word) => !/^\w+=/.test(word));
  if (!/^(?:\/\w+)*\/?(?:echo|printf)$/.test(program)) return undefined;
  const operands = rest.filter((word) => !/^-[neE]+$/.test(word)).map(unquoted);
  if (program.endsWith("echo")) return [operands.join(" ")];
  const [format = "", ...given] = operands;
  if (!/%[sbq]/.test(format)) return [format];
  // printf "user:%s" x
  return given.length === 1 ? [format.replace(/%[sbq]/, () => given[0] ?? "")] : given;
}
