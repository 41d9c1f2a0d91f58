/** Finds the chart of a release as the provider does, so that the chart that is evaluated is the one that is installed.
 *  Upstream: pulumi-kubernetes provider/pkg/provider/helm_release.go, locateChart and localChart. Pure but for looking at the disk. */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

/** White space of Go's strings.TrimSpace (unicode.IsSpace), which is not that of JavaScript: U+0085 is, U+FEFF is not. */
const space = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const leading = new RegExp(`^${space}+`);

/** The path the provider would load a chart from; undefined where it would look in a repository.
 *  @param name the `chart` input of the release
 *  @param folder absolute folder of the program, in which the provider runs */
export function locateChart(name: string, folder: string): string | undefined {
  const trimmed = trimmedEnd(name.replace(leading, ""));
  if (trimmed === "") return undefined;
  const path = resolve(folder, trimmed);
  if (!existsSync(path)) return undefined;
  return statSync(path).isDirectory() && !existsSync(join(path, "Chart.yaml")) ? undefined : path;
}

/** Without blanks at the end: character by character, as a pattern for the end of a text tries every blank in it. */
function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && leading.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
