/** Text of others on its way to a terminal, a log or a program: what moves a cursor, changes a colour, turns a direction or hides something is made visible.
 *  For one line of a message see `printable` in message.ts. */

/** Controls (C0 and C1, so ESC and CSI), format characters (directions, zero widths, tags), separators of lines and halves of surrogate pairs; not the
 *  line feed. */
const unprintable = /[^\n\P{Cc}]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text of several lines. Line feeds and tabs stay, a carriage return before a line feed goes, and the rest becomes U+FFFD. */
export const printableText = (text: string): string =>
  text.replaceAll("\r\n", "\n").replaceAll(unprintable, (one) => (one === "\t" ? one : "\ufffd"));

/** JSON whose texts can be shown as they are: the same value, each such character written as an escape. */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return /[^\n\u0020-\u007e]/.test(text) ? text.replaceAll(unprintable, escaped) : text;
}

const escaped = (one: string): string =>
  Array.from({ length: one.length }, (_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
