/**
 * Messages of Pulumi that have no code. Everything else in a run is recognised by codes and fields: this is the only file that matches
 * wording, and a message that it does not know is shown.
 */

/** Warnings about Pulumi's internals, which do not concern the user's resources: their format, and its file in github.com/pulumi/pulumi. */
const noise = [
  { format: "using %s from $PATH at %s", source: "sdk/go/common/workspace/plugins.go" },
  {
    format:
      "resource plugin %s is expected to have version >=%s, but has %s; the wrong version may be on your path, or this may be a bug in the plugin",
    source: "sdk/go/common/resource/plugin/host.go",
  },
  {
    // Interrupted operations were repaired before; the warning lists them below this line.
    format: "Attempting to deploy or update resources with %d pending operations from previous deployment.\n%s",
    source: "pkg/resource/deploy/deployment_executor.go",
  },
] as const;

/** Whether a text is a format with filled-in placeholders. */
function isOf(format: string, text: string): boolean {
  const [first = "", ...rest] = format.split(/%[sd]/);
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** Whether a warning is about Pulumi itself: one of the known messages, and about no resource. */
export const isNoise = (urn: string, text: string): boolean =>
  urn === "" && noise.some(({ format }) => isOf(format, text));

/** Pulumi colours its texts with marks such as `<{%reset%}>`. */
export const plain = (text: string): string => text.replace(/<\{%[^%]*%\}>/g, "").trim();

/** Lines of a failed command that are only useful for debugging: stack traces, and that it failed. */
const debugging =
  /^\s+at .*\(|node:internal|^\s*error: update failed|^goroutine |^(update|preview|destroy) failed$|^Command failed with exit code/;

/** The message of a failed pulumi command without stack traces. */
export const readable = (message: string): string =>
  (/^ stderr: (.*?)^ err\?: /ms.exec(message)?.[1] ?? message)
    .split("\n")
    .filter((line) => !debugging.test(line) && !isNoise("", line.replace(/^warning: /, "")))
    .join("\n")
    .trim();

/**
 * A message of the engine without the details of pods. The provider appends all events of each pod: an application's last log lines would be shown twice.
 * A message is unchanged where no pod has an explanation.
 * @param pods what `explainPods` gave
 */
export function withoutPods(message: string, pods: readonly string[]): string {
  const [head = "", ...points] = message.split(/\n(?=\s*\* )/);
  const left = points.filter((point) => !/^\s*\* \[Pod [^\]]+\]/.test(point));
  if (pods.length === 0 || left.length === points.length) return message;
  const lines = [head.replace(/^\d+ errors? occurred:$/, ""), ...left.map((point) => point.replace(/^\s*\* /, ""))];
  return lines
    .filter((line) => line !== "")
    .map((line) => line.replace(/resource "urn:[^"]*[:/]([A-Za-z]+)::([^"]+)"/, "$1 $2").trim())
    .join("\n");
}
