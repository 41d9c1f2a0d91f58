import { runEvents } from "../../process/run-events";
import { markdownTable, pageHead } from "./table";

/** docs/reference/events.md: every event a run emits, with its data. */
export function eventsPage(): string {
  const rows = Object.entries(runEvents).map(([code, { meaning, data }]) => [
    `\`${code}\``,
    meaning,
    Object.entries<string>(data)
      .map(([field, what]) => (what === "" ? `\`${field}\`` : `\`${field}\`: ${what}`))
      .join("<br>"),
  ]);
  return [
    pageHead("Events of a run"),
    `\`hardened up\`, \`preview\` and \`destroy\` with \`--jsonl\` print each event as it happens: one JSON object a line on standard output, with its \`time\`,
\`code\` and \`data\`. The lines on a terminal are made from the same events. Codes and fields stay; messages may be reworded. No event holds a property of a
resource, so that none holds the value of a secret; an error of Pulumi's or of a pod is passed on as it stands. What fails before a run begins, such as a mistake
in the stack's file, is an error on standard error and has no event. The exit codes are those of [commands](commands.md).

\`\`\`sh
bin/hardened up --jsonl | jq -r 'select(.code == "policy.violation") | .data.message'
\`\`\`
`,
    `${markdownTable(["code", "means", "data"], rows)}\n`,
  ].join("\n");
}
