/** Which files of a chart's folder Helm leaves out, by its .helmignore and by default.
 *  Upstream: helm.sh/helm/v3 internal/ignore/rules.go, and filepath.Match of Go, whose patterns these are. Pure. */
import { RenderError } from "./render-error";

type Rule = (path: string, isFolder: boolean) => boolean;

/** Whether Helm leaves a file out, by the path of it and of every folder above it, relative to the chart. Throws a RenderError for a pattern Helm refuses. */
export function ignoredBy(text: string): (file: string) => boolean {
  const lines = [...text.replace(/^\uFEFF/, "").split(/\r?\n/), "templates/.?*"];
  const rules = lines
    .map((line) => line.trim())
    .flatMap((line) => (line === "" || line.startsWith("#") ? [] : [ruleOf(line)]));
  const isIgnored: Rule = (path, isFolder) => rules.some((rule) => rule(path, isFolder));
  return (file) => {
    const parts = file.split("/");
    return parts.some((_, index) => isIgnored(parts.slice(0, index + 1).join("/"), index < parts.length - 1));
  };
}

/** What a line leaves out. A rule that begins with "!" leaves out all that it does not match, as in Helm. */
function ruleOf(line: string): Rule {
  if (line.includes("**")) throw refused(line, "** is not supported by Helm");
  const isNegated = line.startsWith("!");
  const rest = isNegated ? line.slice(1) : line;
  const isForFolders = rest.endsWith("/");
  const glob = isForFolders ? rest.slice(0, -1) : rest;
  const parts = partsOf(glob.replace(/^\//, ""), line);
  const matches = (path: string): boolean => fits(parts, glob.includes("/") ? path : (path.split("/").at(-1) ?? ""));
  return (path, isFolder) => {
    if (isForFolders && !isFolder) return isNegated;
    return matches(path) !== isNegated;
  };
}

/** One character of a name, by a part of a pattern. */
type Character = (one: string) => boolean;

/** A pattern of filepath.Match in parts: `*`, `?`, classes, and `\` before a character that stands for itself. */
function partsOf(glob: string, line: string): (Character | "*")[] {
  const parts: (Character | "*")[] = [];
  const all = [...glob];
  let at = 0;
  /** The next character of a class or of the text, which a `\` may stand before. */
  const next = (): string => {
    if (all[at] === "\\") at += 1;
    const one = all[at++];
    if (one === undefined) throw refused(line, "not a pattern");
    return one;
  };
  while (at < all.length) {
    const one = all[at];
    if (one === "*" || one === "?") {
      at += 1;
      parts.push(one === "*" ? "*" : (character) => character !== "/");
    } else if (one === "[") {
      at += 1;
      const isNegated = all[at] === "^";
      if (isNegated) at += 1;
      const ranges: (readonly [string, string])[] = [];
      while (ranges.length === 0 || all[at] !== "]") {
        if (ranges.length === 0 && all[at] === "]") throw refused(line, "not a pattern");
        const low = next();
        if (all[at] === "-") at += 1;
        else {
          ranges.push([low, low]);
          continue;
        }
        ranges.push([low, next()]);
      }
      at += 1;
      parts.push((character) => ranges.some(([low, high]) => low <= character && character <= high) !== isNegated);
    } else {
      const literal = next();
      parts.push((character) => character === literal);
    }
  }
  return parts;
}

/** Whether a name is what a pattern says. Where it is not, only the last `*` is asked to take one character more, so that no name takes long. */
function fits(parts: readonly (Character | "*")[], name: string): boolean {
  const all = [...name];
  let [at, part, star, after] = [0, 0, -1, 0];
  while (at < all.length) {
    const one = all[at] as string;
    const wanted = parts[part];
    if (wanted === "*") {
      [star, after] = [part, at];
      part += 1;
    } else if (wanted?.(one)) {
      at += 1;
      part += 1;
    } else if (star >= 0 && all[after] !== "/") {
      after += 1;
      at = after;
      part = star + 1;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === "*");
}

const refused = (line: string, why: string): RenderError =>
  new RenderError({ kind: "chart", message: `.helmignore: ${line}: ${why}`, file: ".helmignore" });
