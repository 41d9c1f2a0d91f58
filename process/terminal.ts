import { jsonText, printableText } from "../policy/printable-text";

/** Colours, as this program sets them. */
const colour = new RegExp(`(${String.fromCharCode(27)}\\[[\\d;]*m)`);

/** What a terminal is shown of a text: its lines and colours. A chart, a manifest or a server may have written anything else. */
export const shown = (text: string): string =>
  text
    .split(colour)
    .map((part, index) => (index % 2 === 1 ? part : printableText(part)))
    .join("");

/** Sends a terminal nothing but text and colours, whatever is written to the stream. A file or a program gets what is written. */
export function guardTerminal(stream: NodeJS.WriteStream): void {
  if (!stream.isTTY) return;
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) =>
    write(shown(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8")), ...rest);
}

/** Prints a result as JSON, whatever texts of others are in it. */
export const printJson = (result: unknown): void => console.log(jsonText(result, 2));
