import assert from "node:assert/strict";
import { jsonText, printableText } from "../../../policy/printable-text";
import { RenderError } from "../../../policy/render/render-error";
import { formatHtml } from "../../../policy/report/html";
import { formatHuman } from "../../../policy/report/human";
import { formatJson } from "../../../policy/report/json";
import { formatJunit } from "../../../policy/report/junit";
import { formatMarkdown } from "../../../policy/report/markdown";
import { formatOpenReports } from "../../../policy/report/openreports";
import type { Report } from "../../../policy/report/report";
import { formatSarif } from "../../../policy/report/sarif";
import { guardTerminal, shown } from "../../../process/terminal";
import { describeError, UserError } from "../../../process/user-error";
import { privileged } from "../support/findings";

/** Sets a title, colours, clears, moves, hides and turns: as ESC and as C1, with directions, zero widths, tags, separators and half a pair. */
const text =
  "a\u001b]0;title\u0007\u001b[31m\u001b[2J\u009b2J\u0090q\u009c\u202egnp\u2066\u200b\u{e0041}\u2028\r\b\u007f\ud800\u0085b";
/** What no output holds; line feeds are the output's own. */
const bad = /[^\n\P{Cc}]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const finding = {
  ...privileged,
  object: { apiVersion: text, kind: text, name: text, namespace: text },
  containers: [text],
  ...{ field: text, got: text, want: text, fix: text, file: text },
};
const exemption = { index: 0, reason: text, owner: text, expires: text };
const verdict = { findings: [finding], exempted: [{ finding, exemption }], objects: 1, pods: 1 };
const report: Report = {
  target: text,
  profile: "prod",
  units: [{ name: text, verdict, source: { chart: text } }],
  unjudged: [{ name: text, reason: text }],
};

describe("text of others", () => {
  for (const [format, said] of Object.entries({
    human: formatHuman(verdict, { profile: "prod" }),
    json: formatJson(report),
    sarif: formatSarif(report, { version: "1" }),
    junit: formatJunit(report),
    html: formatHtml(report),
    markdown: formatMarkdown(report),
    openreports: formatOpenReports(report),
  }))
    it(`does nothing to a terminal from the report as ${format}`, () => assert.doesNotMatch(said, bad));

  it("does nothing to a terminal from an error", () => {
    assert.doesNotMatch(describeError(new UserError(`${text}\nnext`)), bad);
    assert.match(describeError(new UserError("one\r\ntwo")), /^one\ntwo$/);
    assert.doesNotMatch(describeError(new Error(text)), bad);
    assert.doesNotMatch(describeError(text), bad);
    const { message, file = "" } = new RenderError({ kind: "template", message: text, file: text });
    assert.doesNotMatch(`${message}${file}`, bad);
  });

  it("is the same value in JSON, where every reader can see what it is", () => {
    const value = { [text]: [text, "plain", "über"], b: "\u{e0041}\u202e" };
    for (const indent of [undefined, 2]) {
      const json = jsonText(value, indent);
      assert.doesNotMatch(json, bad);
      assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)));
      assert.ok(json.includes("über"));
    }
  });

  it("keeps its lines and tabs", () => assert.equal(printableText("a\tb\r\nc\nd\re"), "a\tb\nc\nd\ufffde"));

  it("does nothing to a terminal from any command: only colours and lines get there", () => {
    const written: string[] = [];
    const stream = { isTTY: true, write: (chunk: unknown) => written.push(String(chunk)) > 0 };
    guardTerminal(stream as unknown as NodeJS.WriteStream);
    stream.write(`\u001b[31mred\u001b[39m ${text}\n`);
    stream.write(Buffer.from(text));
    assert.equal(written[0]?.startsWith("\u001b[31mred\u001b[39m a\ufffd]0;title\ufffd"), true);
    for (const one of written) assert.doesNotMatch(one.replaceAll("\u001b[31m", "").replaceAll("\u001b[39m", ""), bad);
    assert.equal(shown("plain\n"), "plain\n");
  });

  it("is left as it is where it goes to a file or a program", () => {
    const write = () => true;
    const stream = { isTTY: false, write };
    guardTerminal(stream as unknown as NodeJS.WriteStream);
    assert.equal(stream.write, write);
  });
});
