import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { renderChart } from "../../policy/render/render";
import { RenderError } from "../../policy/render/render-error";
import type { Bounds } from "../../policy/render/render-process";
import { chart, useHelm } from "../policy/support/helm";
import { requestOf } from "../policy/support/helm-template";

const context = { profile: "prod", podSecurity: { level: "restricted", version: "latest" } } as const;
const bomb = ["a: &a [x,x,x,x,x,x,x,x,x,x]", ..."bcdefghij".split("").map(next)].join("\n");
function next(key: string, index: number): string {
  return `${key}: &${key} [${Array(10).fill(`*${"abcdefghi"[index]}`)}]`;
}

/** Charts that mean harm: each ends in one clear sentence, in bounded time, and the next chart renders. */
describe("hostile charts", function () {
  this.timeout(120_000);
  let folder: string;

  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hostile-"));
    cpSync(chart("empty"), join(folder, "empty"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (file: string, text: string): void => writeFileSync(join(folder, "empty", file), text);

  async function refusal(bounds?: Bounds): Promise<RenderError> {
    const request = { ...requestOf(join(folder, "empty")), ...(bounds && { bounds }) };
    const error = await evaluateChart(request, context).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof RenderError, String(error));
    assert.doesNotMatch(error.message, /\n|goroutine/);
    assert.match((await renderChart(requestOf(chart("good")))).text, /kind: Deployment/);
    return error;
  }

  it("values that unfold without end", async () => {
    write("values.yaml", `${bomb}\n`);
    assert.match((await refusal()).message, /excessive aliasing/);
  });

  it("100 MB of output", async () => {
    const object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: huge}\ndata:\n";
    write(
      "templates/config.yaml",
      `${object}{{ range $i, $_ := until 100 }}  k{{ $i }}: {{ repeat 1048576 "x" }}\n{{ end }}`,
    );
    // On a busy machine the other bound, of time, would come first.
    assert.equal(
      (await refusal({ timeoutMs: 100_000 })).message,
      "the chart renders to more than 67108864 bytes and was stopped",
    );
  });

  it("a template that calls itself through tpl", async () => {
    write(
      "templates/config.yaml",
      `{{ define "again" }}{{ tpl "{{ include \\"again\\" . }}" . }}{{ end }}{{ include "again" . }}`,
    );
    assert.ok((await refusal()).message.length < 2_100);
  });

  it("an error that is long, and made to be slow to read", async () => {
    for (const words of [
      `repeat 200000 "a"`,
      `repeat 200000 " "`,
      `repeat 100000 "a/"`,
      `repeat 100000 "\\n "`,
      `repeat 4000 " error calling include: template: a/b.yaml:1 executing \\"x\\" at <x>:"`,
    ]) {
      write("templates/config.yaml", `{{ fail (${words}) }}`);
      const start = performance.now();
      assert.ok((await refusal()).message.length < 2_100);
      assert.ok(performance.now() - start < 5_000, `${words}: ${performance.now() - start} ms`);
    }
  });

  it("a link out of the charts' folder", async () => {
    symlinkSync("/etc/passwd", join(folder, "empty", "templates", "link.yaml"));
    assert.equal(
      (await refusal()).message,
      "chart refused: templates/link.yaml is a link that leaves the charts folder",
    );
  });
});
