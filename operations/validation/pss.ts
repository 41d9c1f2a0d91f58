/** Pod Security verdicts as JSON lines: one process for any number of pods. */
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseJson } from "../../policy/manifest/parse-json";
import { read } from "../../policy/manifest/read";
import { readConfiguration, review } from "../../policy/pod-security/admission";
import { verdictOnPod } from "../../policy/pod-security/evaluate-pod";
import { levelExpected, parseLevel, parseVersion, versionExpected } from "../../policy/pod-security/version";
import type { TypeProblem } from "../../policy/pods/pod-reading";
import { podTemplatesOf } from "../../policy/pods/pod-spec";
import { jsonText } from "../../policy/printable-text";
import { duplicateKey } from "./duplicate-key";

/** Maximum length of a line in characters: far above the 3 MiB that the API server accepts for an object, far below the available memory. */
const longestLine = 16 * 1024 * 1024;

/** Answers every line of `input` with a line of `output`, in order, with at most one line and one chunk in memory.
 *
 *  In: `{"pod": …, "level": "restricted", "version": "v1.36", "emulation": "v1.35"}`; `emulation` may be left out. `pod` is a Pod, a PodTemplate,
 *  any workload with a pod template, or a bare `{metadata, spec}`.
 *  Or with the input of a cluster's admission: `{"pod": …, "namespace": {"name": "shop", "labels": {…}}, "user": "…", "configuration": {…}}`;
 *  `user`, `configuration` (the API server's PodSecurityConfiguration) and `emulation` are optional. See `reviewed`.
 *  Out: `{"allowed": false, "reasons": […], "detail": "…"}`, with the exact texts of Pod Security admission; or `{"error": "…"}` for a line
 *  that cannot be evaluated; the next one is read then.
 *
 *  Resolves to the exit code: 0, or 2 when a line could not be evaluated. `output` stays open. When its reader closes it, the work ends without an error. */
export async function runPss(input: Readable, output: Writable): Promise<number> {
  let failed = false;
  async function* answers(source: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const batch of lines(source)) {
      let text = "";
      for (const line of batch) {
        const answer = line === null ? { error: `the line is longer than ${longestLine} characters` } : answerTo(line);
        failed ||= "error" in answer;
        text += `${jsonText(answer)}\n`;
      }
      yield text;
    }
  }
  try {
    await pipeline(input.setEncoding("utf8"), answers, output, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
  return failed ? 2 : 0;
}

type Answer =
  | { allowed: boolean; reasons: readonly string[]; detail: string; message?: string; warnings?: readonly string[] }
  | { error: string };

function answerTo(line: string): Answer {
  let asked: unknown;
  try {
    asked = parseJson(line);
  } catch (error) {
    return { error: `the line is not JSON: ${unquoted((error as Error).message)}` };
  }
  const twice = duplicateKey(line, asked);
  if (twice !== undefined) return { error: `the key ${shown(twice)} stands twice in one object` };
  if (typeof asked !== "object" || asked === null || Array.isArray(asked))
    return { error: 'the line must be an object with "pod", "level" and "version"' };
  const { pod, level, version, emulation, namespace } = asked as Record<string, unknown>;
  const mistakes: string[] = [];
  if (emulation !== undefined && parseVersion(emulation as string) === null)
    mistakes.push(`emulation ${versionExpected}, got ${shown(emulation)}`);
  if (namespace !== undefined) return reviewed(asked as Record<string, unknown>, mistakes);

  const knownLevel = parseLevel(level as string);
  if (knownLevel === null) mistakes.push(`level ${levelExpected}, got ${shown(level)}`);
  if (parseVersion(version as string) === null) mistakes.push(`version ${versionExpected}, got ${shown(version)}`);
  const found = templateOf(pod);
  if (typeof found === "string") mistakes.push(found);
  if (knownLevel === null || typeof found === "string" || mistakes.length > 0) return { error: mistakes.join("; ") };

  const options = { kind: found.kind, ...(typeof emulation === "string" && { emulation }) };
  const { allowed, reasons, detail, problems } = verdictOnPod(found.template, knownLevel, version as string, options);
  return problems.length === 0 ? { allowed, reasons, detail } : { error: problemsText(problems) };
}

const problemsText = (problems: readonly TypeProblem[]): string =>
  problems.map(({ field, got, want }) => `${field} must be ${want}, got ${got}`).join("; ");

/** The answer of a cluster's admission: beside the verdict of `enforce`, its `message` when it refuses, `warnings`, `audit` annotation, by what it is
 *  `exempt`, and namespace labels it cannot read. A controller is allowed whatever its template: only its pods are refused. */
function reviewed(
  { pod, namespace, user, configuration, emulation, ...more }: Record<string, unknown>,
  mistakes: string[],
): Answer {
  mistakes.push(...Object.keys(more).map((key) => `${key} has no place beside namespace, whose labels decide`));
  const name = read(namespace, "name");
  const labels = read(namespace, "labels") ?? {};
  if (typeof name !== "string" || typeof labels !== "object" || Array.isArray(labels))
    mistakes.push('namespace must be an object with a "name" and "labels"');
  if (user !== undefined && typeof user !== "string") mistakes.push(`user must be a name, got ${shown(user)}`);
  const settings = readConfiguration(configuration);
  mistakes.push(...settings.mistakes.map((mistake) => `configuration.${mistake}`));
  const found = templateOf(pod);
  if (typeof found === "string") mistakes.push(found);
  if (typeof found === "string" || mistakes.length > 0) return { error: mistakes.join("; ") };

  const { kind, template } = found;
  const where = { name: name as string, labels: labels as Record<string, unknown> };
  const asked = { pod: template, kind, namespace: where, user: user as string | undefined };
  const {
    allowed,
    error,
    warnings,
    audit,
    enforced,
    exempt,
    labels: unreadable,
  } = review(asked, {
    ...settings.configuration,
    ...(typeof emulation === "string" && { emulation }),
  });
  if (enforced.problems.length > 0) return { error: problemsText(enforced.problems) };
  return {
    allowed,
    reasons: enforced.reasons,
    detail: enforced.detail,
    ...(error !== undefined && { message: error }),
    warnings,
    ...(audit !== undefined && { audit }),
    ...(exempt !== undefined && { exempt }),
    ...(unreadable.length > 0 && { labels: unreadable }),
  };
}

/** The pod to evaluate, or what is wrong with it. */
function templateOf(pod: unknown): { template: unknown; kind: "Pod" | "PodTemplate" } | string {
  if (typeof pod !== "object" || pod === null) return `pod must be an object, got ${shown(pod)}`;
  const { kind } = pod as { kind?: unknown };
  if (kind === undefined) return { template: pod, kind: "PodTemplate" };
  if (kind === "Pod") return { template: pod, kind };
  return podTemplatesOf(pod)[0] ?? `pod must be a Pod or have a pod template, got kind ${shown(kind)}`;
}

/** An error without the text that JSON.parse quotes, which may be a secret. */
function unquoted(message: string): string {
  return message.replace(/, (?:\.{3})?".*$/s, "");
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "object" && value !== null ? "an object or list" : JSON.stringify(value).slice(0, 100);
}

/** The lines of each chunk as they become complete; null for one that is too long. */
async function* lines(source: AsyncIterable<string>): AsyncGenerator<(string | null)[]> {
  let pieces: string[] = [];
  let length = 0;
  const keep = (piece: string) => {
    length += piece.length;
    if (length <= longestLine) pieces.push(piece);
    else pieces = [];
  };
  const take = () => {
    const line = length > longestLine ? null : pieces.join("");
    pieces = [];
    length = 0;
    return line;
  };
  for await (const chunk of source) {
    const complete: (string | null)[] = [];
    let start = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", start)) {
      keep(chunk.slice(start, end));
      complete.push(take());
      start = end + 1;
    }
    keep(chunk.slice(start));
    if (complete.length > 0) yield complete;
  }
  if (length > 0) yield [take()];
}
