import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../../../policy/contract";
import { manifestsOf } from "../../../policy/manifest/documents";
import { hasChanged, readChart } from "../../../policy/render/chart";
import { type RenderRequest, renderChart } from "../../../policy/render/render";
import { RenderError } from "../../../policy/render/render-error";
import { chart, useHelm } from "../support/helm";

const request = (name: string, values: JsonObject = {}, rest: Partial<RenderRequest> = {}): RenderRequest => ({
  chart: chart(name),
  name: "web",
  namespace: "apps",
  values,
  kubeVersion: "1.36",
  ...rest,
});

async function failure(what: RenderRequest): Promise<RenderError> {
  try {
    await renderChart(what);
  } catch (error) {
    assert.ok(error instanceof RenderError, String(error));
    assert.doesNotMatch(error.message, /\n\s+at /);
    return error;
  }
  throw new assert.AssertionError({ message: "it rendered" });
}

describe("render", function () {
  this.timeout(60_000);
  let folder: string;

  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "render-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const copied = (name: string): string => {
    cpSync(chart(name), join(folder, name), { recursive: true });
    return join(folder, name);
  };

  it("renders a chart with its values", async () => {
    const { text } = await renderChart(request("good", { allowPrivilegeEscalation: true }));
    assert.match(text, /# Source: good\/templates\/deployment\.yaml/);
    assert.match(text, /allowPrivilegeEscalation: true/);
  });

  it("keeps hooks, tests among them, CRDs and subcharts", async () => {
    const hooks = manifestsOf((await renderChart(request("hooks"))).documents).manifests;
    assert.deepEqual(hooks.map(({ hook }) => hook).toSorted(), ["pre-install,pre-upgrade", "test"]);
    const parent = manifestsOf((await renderChart(request("parent"))).documents).manifests;
    assert.deepEqual(parent.map(({ object }) => object.kind).toSorted(), [
      "ConfigMap",
      "CustomResourceDefinition",
      "Pod",
    ]);
  });

  it("shows templates the versions and kinds of a cluster", async () => {
    const path = copied("empty");
    const has = (kind: string) => `${kind}: {{ .Capabilities.APIVersions.Has "${kind}" }}\n`;
    const kinds = ["policy/v1/PodDisruptionBudget", "monitoring.coreos.com/v1", "example.com/v1"];
    writeFileSync(
      join(path, "templates/config.yaml"),
      `version: {{ .Capabilities.KubeVersion.Version }}\n${kinds.map(has).join("")}`,
    );
    const { text } = await renderChart(
      request("empty", {}, { chart: path, apiVersions: ["monitoring.coreos.com/v1"], kubeVersion: "1.34" }),
    );
    assert.match(
      text,
      /version: v1\.34\npolicy\/v1\/PodDisruptionBudget: true\nmonitoring.coreos.com\/v1: true\nexample.com\/v1: false/,
    );
  });

  it("follows a link to the library chart beside it", async () => {
    assert.match((await renderChart(request("linked"))).text, /name: from-library/);
  });

  it("refuses a link that leaves the charts' folder, and follows it when the root is wider", async () => {
    const path = copied("empty");
    writeFileSync(join(folder, "outside.yaml"), "kind: Outside\n");
    mkdirSync(join(folder, "inner"));
    const inner = join(folder, "inner", "empty");
    cpSync(path, inner, { recursive: true });
    symlinkSync(join(folder, "outside.yaml"), join(inner, "templates/link.yaml"));
    const error = await failure(request("empty", {}, { chart: inner }));
    assert.equal(error.message, "chart refused: templates/link.yaml is a link that leaves the charts folder");
    assert.match((await renderChart(request("empty", {}, { chart: inner, root: folder }))).text, /Outside/);
  });

  it("refuses a link to a folder it lies in, a link to nothing and a pipe", async () => {
    for (const [target, reason] of [
      ["..", "is a link to a folder it lies in"],
      ["nothing", "is a link to nothing"],
    ] as const) {
      const path = copied("empty");
      symlinkSync(target, join(path, "templates/link"));
      assert.equal(
        (await failure(request("empty", {}, { chart: path }))).message,
        `chart refused: templates/link ${reason}`,
      );
      rmSync(path, { recursive: true });
    }
    const path = copied("empty");
    execFileSync("mkfifo", [join(path, "templates/pipe")]);
    assert.equal(
      (await failure(request("empty", {}, { chart: path }))).message,
      "chart refused: templates/pipe is neither a file nor a folder",
    );
  });

  it("says what is no chart", async () => {
    assert.match((await failure(request("empty", {}, { chart: join(folder, "none") }))).message, /^chart not found: /);
    assert.match((await failure(request("empty", {}, { chart: folder }))).message, /has no Chart\.yaml$/);
    assert.match(
      (await failure(request("empty", {}, { chart: "charts/web" }))).message,
      /^chart path must be absolute/,
    );
  });

  it("gives Helm's reason with the template and the line that caused it", async () => {
    const error = await failure(request("broken"));
    assert.deepEqual([error.kind, error.file, error.line], ["template", "broken/templates/_helpers.tpl", 2]);
    assert.match(error.message, /at <\.Values\.web\.name>: nil pointer/);
    assert.doesNotMatch(error.message, /--debug/);
  });

  it("says once what Helm says a thousand times", async () => {
    const error = await failure(request("recursion"));
    assert.equal(error.line, 1);
    assert.ok(error.message.length < 600, error.message);
  });

  it("[MR-28] never quotes a value Helm quotes", async () => {
    const error = await failure(request("schema", { secrets: { token: "correct-horse" } }));
    assert.match(error.message, /at '\/secrets\/token': \[value of secrets\.token\] does not match pattern/);
    const path = copied("empty");
    const forms = "{{ .Values.token }} {{ .Values.token | b64enc }} {{ .Values.token | toJson }}";
    writeFileSync(join(path, "templates/config.yaml"), `{{ fail (printf "%s" (tpl "${forms}" .)) }}`);
    const told = await failure(request("empty", { token: 'battery"staple\nsecond line' }, { chart: path }));
    assert.doesNotMatch(told.message, /battery|staple|second|YmF0dGV/);
    assert.match(told.message, /\[value of token\]/);
  });

  it("stops a chart that takes too long, prints too much or wants too much memory", async () => {
    for (const [name, bounds, message] of [
      ["endless", { timeoutMs: 1500 }, "helm took longer than 1.5 s and was stopped"],
      ["huge", { maxOutputBytes: 1_000_000 }, "the chart renders to more than 1000000 bytes and was stopped"],
      ["hungry", { maxMemoryBytes: 2 ** 31 }, "helm ran out of memory or processor time and was stopped"],
    ] as const) {
      const error = await failure(request(name, {}, { bounds }));
      assert.deepEqual([error.kind, error.message], ["bounds", message]);
    }
  });

  it("[MR-28] gives values to helm-render's stdin, never to its arguments, environment or a file", async () => {
    const { HELM_RENDER_BIN, TMPDIR } = process.env;
    const spy = join(folder, "helm-render");
    const look = `{ echo "started with $# arguments: $@"; env; ls "$TMPDIR"; } >> ${folder}/seen`;
    writeFileSync(spy, `#!/bin/sh\n${look}\nexec ${HELM_RENDER_BIN} "$@"\n`, {
      mode: 0o755,
    });
    const temporary = mkdtempSync(join(folder, "tmp-"));
    try {
      Object.assign(process.env, { HELM_RENDER_BIN: spy, TMPDIR: temporary });
      const { text } = await renderChart(request("good", { image: "correct-horse" }));
      assert.match(text, /image: correct-horse/);
    } finally {
      Object.assign(process.env, { HELM_RENDER_BIN, TMPDIR });
      if (TMPDIR === undefined) delete process.env.TMPDIR;
    }
    const seen = readFileSync(join(folder, "seen"), "utf8");
    assert.match(seen, /^started with 0 arguments/);
    assert.doesNotMatch(seen, /correct-horse/);
    assert.deepEqual(readdirSync(temporary), []);
  });

  it("remembers a render, and renders again when the chart, the values or the versions change", async () => {
    const path = copied("good");
    const first = await renderChart(request("good", { image: "a" }, { chart: path }));
    assert.equal(await renderChart(request("good", { image: "a" }, { chart: path })), first);
    assert.notEqual(await renderChart(request("good", { image: "b" }, { chart: path })), first);
    assert.notEqual(await renderChart(request("good", { image: "a" }, { chart: path, kubeVersion: "1.35" })), first);
    writeFileSync(join(path, "templates/more.yaml"), "kind: More\n");
    assert.match((await renderChart(request("good", { image: "a" }, { chart: path }))).text, /kind: More/);
  });

  it("[MR-54] refuses a chart that changes while it is rendered, and does not remember what that gave", async () => {
    const path = copied("good");
    const template = join(path, "templates/deployment.yaml");
    const text = readFileSync(template, "utf8");
    const what = request("good", { allowPrivilegeEscalation: true }, { chart: path, name: "changing" });
    const under = renderChart(what); // the files were read, helm-render is asked next
    writeFileSync(template, `${text}# more\n`);
    await assert.rejects(under, /the chart changed while it was rendered; run again/);
    writeFileSync(template, text);
    assert.match((await renderChart(what)).text, /allowPrivilegeEscalation: true/);
  });

  it("sees every change of a chart that was read long before: content, times given back, a file more, a file less", async () => {
    const path = copied("good");
    const template = join(path, "templates/deployment.yaml");
    const long = new Date(Date.now() - 60_000);
    const text = readFileSync(template, "utf8");
    const digest = (): string => readChart(path).digest;
    const first = digest();
    await sleep(2_100); // from now on it is remembered
    assert.equal(digest(), first);
    assert.equal(digest(), first);
    writeFileSync(template, text.replace("a", "b"));
    utimesSync(template, long, long);
    assert.notEqual(digest(), first);
    writeFileSync(template, text);
    assert.equal(digest(), first);
    writeFileSync(join(path, "templates/more.yaml"), "");
    assert.notEqual(digest(), first);
    rmSync(join(path, "templates/more.yaml"));
    assert.equal(digest(), first);
    rmSync(template);
    assert.equal(hasChanged({ path, digest: first }), true);
  });

  it("renders many charts at once", async () => {
    const many = await Promise.all(
      Array.from({ length: 12 }, (_, i) => renderChart(request("good", { image: `image-${i}` }))),
    );
    for (const [i, { text }] of many.entries()) assert.match(text, new RegExp(`image: image-${i}\\n`));
  });

  it("checks names before Helm is called", async () => {
    assert.match(
      (await failure(request("good", {}, { name: "Web_App" }))).message,
      /^release name "Web_App" must be lower case/,
    );
    assert.match((await failure(request("good", {}, { name: "--post-renderer" }))).message, /^release name/);
    assert.match((await failure(request("good", {}, { name: "w".repeat(54) }))).message, /at most 53 characters$/);
    assert.match((await failure(request("good", {}, { namespace: "a.b" }))).message, /^namespace "a\.b"/);
  });

  it("says how to get helm-render when there is none, or it is something else", async () => {
    const { HELM_RENDER_BIN } = process.env;
    try {
      process.env.HELM_RENDER_BIN = join(folder, "helm-render");
      assert.match(
        (await failure(request("good", { no: "helm" }))).message,
        /^helm-render, .* was not found at .*; build it with `npm run toolchain -- helm-render`, or set HELM_RENDER_BIN to its path$/,
      );
      process.env.HELM_RENDER_BIN = "/bin/echo";
      assert.match(
        (await failure(request("good", { no: "helm" }))).message,
        /^helm-render gave an answer that cannot be read/,
      );
      process.env.HELM_RENDER_BIN = "/bin/false";
      assert.equal((await failure(request("good", { no: "helm" }))).message, "helm-render ended without an answer");
    } finally {
      process.env.HELM_RENDER_BIN = HELM_RENDER_BIN;
    }
  });
});
