import { jsonText, printableText } from "../policy/printable-text";

/** Escape sequences of the colours that this program uses. */
const colour = new RegExp(`(${String.fromCharCode(27)}\\[[\\d;]*m)`);

/** A text with all control characters escaped but line breaks and colours: a chart, a manifest or a server may have written any. */
export const shown = (text: string): string =>
  text
    .split(colour)
    .map((part, index) => (index % 2 === 1 ? part : printableText(part)))
    .join("");

/** Escapes control characters in everything that is written to a terminal. Output to a file or a program is unchanged. */
export function guardTerminal(stream: NodeJS.WriteStream): void {
  if (!stream.isTTY) return;
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) =>
    write(shown(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8")), ...rest);
}

/** Prints a result as JSON; control characters in strings are escaped. */
export const printJson = (result: unknown): void => console.log(jsonText(result, 2));
