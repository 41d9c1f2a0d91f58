/** Finds the line of a field again, for documents that have a finding: parsing with positions is slow, so nobody else pays for it. */
import type { LineCounter } from "yaml";
import { segments } from "./field-path";

/** The document read last: findings of one document come one after the other. */
let last: { readonly text: string; readonly contents: unknown; readonly counter: LineCounter } | undefined;

function read(text: string): { readonly contents: unknown; readonly counter: LineCounter } {
  if (last?.text !== text) {
    const { LineCounter, parseDocument } = require("yaml") as typeof import("yaml"); // loaded only where there is a finding
    const counter = new LineCounter();
    const options = { lineCounter: counter, version: "1.1", uniqueKeys: false, logLevel: "silent" } as const;
    last = { text, contents: parseDocument(text, options).contents, counter };
  }
  return last;
}

/** One-based line, inside `text`, of the field at `path`, or of the nearest field above it that exists. Undefined when the text cannot be read. */
export function lineOf(text: string, path: string): number | undefined {
  const { isCollection, isMap } = require("yaml") as typeof import("yaml");
  const { contents, counter } = read(text);
  let node = contents;
  let offset = isCollection(node) ? node.range?.[0] : undefined;
  for (const segment of segments(path)) {
    if (!isCollection(node)) break;
    const pair = isMap(node) ? node.items.find((item) => String(item.key) === String(segment)) : undefined;
    const next = isMap(node) ? pair?.value : node.items[Number(segment)];
    if (next === undefined || next === null) break;
    offset = startOf(pair?.key) ?? startOf(next) ?? offset;
    node = next;
  }
  return offset === undefined ? undefined : counter.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  const range = (node as { range?: [number, number, number] | null } | undefined)?.range;
  return range?.[0];
}
