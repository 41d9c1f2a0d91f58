import type { Command } from "commander";
import { markdownTable, pageHead } from "./table";

/** Every command below the program, those of commands in commands included, with the words that call it. */
export const commands = (from: Command, words = from.name()): { words: string; command: Command }[] =>
  from.commands.flatMap((command) => {
    const own = `${words} ${command.name()}`;
    return [...(command.commands.length > 0 ? [] : [{ words: own, command }]), ...commands(command, own)];
  });

const argumentsOf = (command: Command): string =>
  command.registeredArguments
    .map((one) => {
      const name = `${one.name()}${one.variadic ? "..." : ""}`;
      return one.required ? ` <${name}>` : ` [${name}]`;
    })
    .join("");

/** What it means, and what may be said. */
const meaningOf = ({ description, argChoices }: { description: string; argChoices?: readonly string[] }): string =>
  argChoices === undefined ? description : `${description}: ${argChoices.map((one) => `\`${one}\``).join(", ")}`;

function section({ words, command }: { words: string; command: Command }): string {
  const parts = [
    `## ${words}`,
    sentence(command.description()),
    `\`\`\`sh\nbin/${words}${argumentsOf(command)}${command.options.length > 0 ? " [options]" : ""}\n\`\`\``,
  ];
  const inputs = [
    ...command.registeredArguments.map((one) => [`\`${one.name()}\``, meaningOf(one), ""]),
    ...command.options
      .filter(({ hidden }) => !hidden)
      .map((one) => [
        `\`${one.flags}\``,
        meaningOf(one),
        one.defaultValue === undefined || String(one.defaultValue) === "" ? "" : `\`${one.defaultValue}\``,
      ]),
  ];
  if (inputs.length > 0) parts.push(markdownTable(["option", "meaning", "default"], inputs));
  return `${parts.join("\n\n")}\n`;
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?"]$/.test(text) ? "" : "."}`;

/** docs/reference/commands.md: every command of `hardened` with its options. */
export function commandsPage(program: Command): string {
  return [
    pageHead("Commands"),
    `Every command is \`bin/hardened <command>\`; \`--help\` shows the same. \`npm run\` knows the most used ones, see the
[README](../../README.md#commands).

| exit code | means |
| --- | --- |
| 0 | done, or nothing found |
| 1 | failed or refused; the lines above it say why and what to do |
| 2 | there are differences (diff), or validation was not possible |
| 130 | interrupted; run the same command again to resume |
`,
    ...commands(program).map(section),
  ].join("\n");
}
