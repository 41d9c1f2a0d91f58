/** What went wrong with a render, for a person: no stack, no command line, no value that may be secret. */

import { printable } from "../message";

/** `chart`: the folder is no chart or is refused. `helm`: no usable Helm. `template`: Helm refused the templates or the values.
 *  `bounds`: too slow, too large or too hungry. `objects`: what came out is not Kubernetes objects. */
export type RenderFailure = "chart" | "helm" | "template" | "bounds" | "objects";

/** The failure in parts; `file` and `line` (one-based) where Helm names them. */
export interface RenderErrorParts {
  readonly kind: RenderFailure;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

/** A failed render. `message` is complete and safe to show. */
export class RenderError extends Error {
  readonly kind: RenderFailure;
  readonly file?: string;
  readonly line?: number;

  constructor(parts: RenderErrorParts) {
    super(printable(parts.message));
    this.name = "RenderError";
    this.kind = parts.kind;
    this.file = parts.file === undefined ? undefined : printable(parts.file);
    this.line = parts.line;
  }
}

/** Where a template failed, e.g. `template: web/templates/_helpers.tpl:12:3: executing …`. Nested includes name several places: the last is the cause. */
const place = /([\w@.-]{1,255}\/[\w@./-]{1,1000}\.(?:ya?ml|tpl|txt|json)):(\d+)/g;
/** A rendered document that is no YAML: Helm gives the file, and a line of the rendered text. */
const document = /YAML parse error on ([^\s:]+)/;

/** Turns what Helm wrote on stderr into a RenderError. `redact` removes values (see render-redact.ts). */
export function helmFailure(stderr: string, redact: (text: string) => string): RenderError {
  const lines = stderr.split("\n").filter((line) => !noise.some((pattern) => pattern.test(line)));
  const whole = lines
    .join("\n")
    .trim()
    .replace(/^Error: /, "");
  const text = ends(redact(whole), 20_000);
  const last = [...text.matchAll(place)].at(-1);
  const file = last?.[1] ?? document.exec(text)?.[1];
  const line = last?.[2] === undefined ? undefined : Number(last[2]);
  return new RenderError({
    kind: "template",
    message: shorten(oneLine(text)) || "helm failed without a word",
    file,
    line,
  });
}

/** Lines of stderr that are not the error. */
const noise = [
  /^Use --debug flag/,
  /^WARNING: Kubernetes configuration file/,
  /^walk\.go:\d+: found symbolic link/,
  /coalesce\.go:\d+: warning/,
  /^level=(?:INFO|WARN|DEBUG)/,
  /^time=\S+ level=(?:INFO|WARN|DEBUG)/,
];

/** Helm 4 and its list of schema mistakes take several lines; a finding has one. */
function oneLine(text: string): string {
  return text.replace(/:\s*\n(?:- )?\s*/g, ": ").replace(/(?<!\s)\s*\n(?:- )?\s*/g, "; ");
}

/** An include that includes itself makes Helm repeat one sentence a thousand times: it is said once, and what is still too long keeps both ends. */
function shorten(text: string): string {
  const once = text.replace(/( error calling include: template: \S+ executing "[^"]*" at <[^>]*>:)\1+/g, "$1 …");
  return ends(once, 2_000);
}

/** Both ends of a text that is longer than `limit`. A chart can make Helm say anything, as long as it likes: patterns are only tried on what is short. */
function ends(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit / 2)} … ${text.slice(-limit / 2)}`;
}
