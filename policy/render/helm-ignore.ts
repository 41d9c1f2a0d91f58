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
  const pattern = patternOf(glob.replace(/^\//, ""), line);
  const matches = (path: string): boolean => pattern.test(glob.includes("/") ? path : (path.split("/").at(-1) ?? ""));
  return (path, isFolder) => {
    if (isForFolders && !isFolder) return isNegated;
    return matches(path) !== isNegated;
  };
}

/** A pattern of filepath.Match: `*`, `?`, classes, and `\` before a character that stands for itself. */
function patternOf(glob: string, line: string): RegExp {
  const source = glob.replaceAll(/\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|[\s\S]/g, (whole, escaped, negated, members) => {
    if (escaped !== undefined) return literal(escaped);
    if (members !== undefined)
      return `[${negated}${members.replaceAll(/\\(.)|[[\]]/g, (one: string, self?: string) => `\\${self ?? one}`)}]`;
    if (whole === "*") return "[^/]*";
    if (whole === "?") return "[^/]";
    if (whole === "[" || whole === "\\") throw refused(line, "not a pattern");
    return literal(whole);
  });
  return new RegExp(`^${source}$`, "su");
}

const literal = (character: string): string => character.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

const refused = (line: string, why: string): RenderError =>
  new RenderError({ kind: "chart", message: `.helmignore: ${line}: ${why}`, file: ".helmignore" });
