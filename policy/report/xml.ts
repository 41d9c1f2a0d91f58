import { printableText } from "../printable-text";

/** Text inside XML and HTML: the five special characters, and no character that XML 1.0 forbids or that a terminal or a reader could be deceived by. */
export function escapeXml(text: string): string {
  const named: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return printableText(text)
    .replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll(/[&<>"']/g, (one) => named[one] ?? one);
}
