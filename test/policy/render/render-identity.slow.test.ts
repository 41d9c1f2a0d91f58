import { strict as assert } from "node:assert";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { dump, loadAll } from "js-yaml";
import { runHelm } from "../../../cluster/run-helm";
import { isRelease, type ReleaseInputs } from "../../../operations/stack/release-inputs";
import { collect } from "../../../operations/validation/collect";
import type { JsonObject } from "../../../policy/contract";
import { manifestsOf } from "../../../policy/manifest/documents";
import { renderChart } from "../../../policy/render/render";
import { RenderError } from "../../../policy/render/render-error";
import { mergeAll } from "../../../systems/floe/generator/merge";
import { jobsNeed, overlay } from "../../charts/support/floe";
import { valuesOf as agentValues } from "../../charts/support/zen-agent";
import { root } from "../../support/tree";
import { chart, useHelm } from "../support/helm";
import { helmTemplate, requestOf } from "../support/helm-template";

const own = readdirSync(join(root, "charts"))
  .map((name) => join(root, "charts", name))
  .filter((path) => existsSync(join(path, "values.yaml")));
const fixtures = ["good", "hooks", "parent", "linked", "badyaml", "empty"].map(chart);
const credentials = { jmap_token: "token-one", carddav_username: "owner@example.com", carddav_password: "password" };
const values: Readonly<Record<string, JsonObject[]>> = {
  mailroom: [{ secrets: credentials }],
  "mail-server": [{ existingSecret: "account" }],
  "floe-platform": [
    overlay("dev") as JsonObject,
    mergeAll([overlay("prod"), { postgresql: { cnpg: { served: true } } }]) as JsonObject,
  ],
  "floe-jobs": [
    { ...jobsNeed, jobs: [{ name: "total", args: ["build"] }], project: { "models/total.sql": " select 1" } },
  ],
  "zen-agent": (["local", "gitops"] as const).map((profile) => agentValues(profile) as JsonObject), // aws needs kinds of operators
  "zen-saas": [{ existingSecret: "bootstrap", tenant: { id: "acme" }, cluster: { id: "shop-1" } }],
  "zen-watcher": [{ networkPolicy: { apiServer: { cidrs: ["10.0.0.1/32"] } } }],
};
/** Values that the stacks here give their releases, by the chart's name. */
const fromStacks = new Map<string, JsonObject[]>();
const valuesOf = (path: string): JsonObject[] => values[basename(path)] ?? fromStacks.get(basename(path)) ?? [{}];
/** Numbers, texts and nothing, as Helm's own reading of a values file changes them. */
const awkward: JsonObject = {
  replicas: 3,
  huge: 9007199254740991,
  small: 1e-7,
  yes: "yes",
  none: null,
  text: "a: b\n",
};

describe("rendered text is what helm template prints, byte for byte", function () {
  this.timeout(120_000);
  before(async () => {
    useHelm();
    for (const stack of ["dev", "prod"])
      for (const { inputs } of (await collect(stack)).resources.filter(isRelease)) {
        const { chart, values } = inputs as unknown as ReleaseInputs;
        fromStacks.set(basename(chart), [...(fromStacks.get(basename(chart)) ?? []), values]);
      }
  });

  for (const path of [...own, ...fixtures]) {
    it(path.slice(root.length + 1), async () => {
      for (const given of valuesOf(path)) {
        const request = requestOf(path, given);
        const expected = await text(() => Promise.resolve(helmTemplate(request)));
        assert.equal(await text(async () => (await renderChart(request)).text), expected);
        if (own.includes(path)) assert.notEqual(expected, refused, "values that Helm takes");
      }
    });
  }

  it("every document becomes one object, none twice, none lost", async () => {
    for (const path of own) {
      for (const given of valuesOf(path)) {
        const request = requestOf(path, given);
        const documents = loadAll(helmTemplate(request)).filter((document) => document !== null);
        const objects = manifestsOf((await renderChart(request)).documents).manifests.map(({ object }) => object);
        assert.deepEqual(objects, documents);
      }
    }
  });

  it("values mean what they mean in a values file", async () => {
    const request = requestOf(chart("good"), { ...awkward, image: "image:1" });
    assert.equal((await renderChart(request)).text, helmTemplate(request));
  });

  it("what Helm refuses is refused in its words", async () => {
    for (const name of ["broken", "recursion", "schema", "library"]) {
      const request = requestOf(chart(name), { secrets: { token: "correct-horse" } });
      const { stderr } = await runHelm(["template", "web", request.chart, "-f", "-"], JSON.stringify(request.values));
      const { kind, message } = await renderChart(request).then(
        () => assert.fail(name),
        (error: RenderError) => error,
      );
      assert.equal(kind, "template");
      const beginning = (words: string): string =>
        words
          .replace(/^Error: /, "")
          .replace(/[:\s]+/g, " ")
          .trim()
          .slice(0, 40);
      assert.equal(beginning(message), beginning(stderr), name);
    }
  });

  it("what one render does to a chart, the next does not see: subcharts come and go with the values", async () => {
    const folder = mkdtempSync(join(tmpdir(), "render-identity-"));
    try {
      const path = join(folder, "parent");
      cpSync(chart("parent"), path, { recursive: true });
      const dependency = { name: "child", version: "*", condition: "child.enabled", alias: "other" };
      writeFileSync(join(path, "Chart.yaml"), dump({ ...about, dependencies: [dependency] }));
      const sizes = new Set<number>();
      for (const [index, enabled] of [true, false, true, false].entries()) {
        const request = { ...requestOf(path, { child: { enabled } }), name: `web-${index}` };
        const { text, documents } = await renderChart(request);
        assert.equal(text, helmTemplate(request));
        sizes.add(manifestsOf(documents).manifests.length);
      }
      assert.equal(sizes.size, 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const about = { apiVersion: "v2", name: "parent", version: "0.1.0" };

/** The text, or a word for a refusal: fixtures that Helm refuses must be refused on every way. */
/** Stands for the text of a chart that is not rendered. */
const refused = "refused";

async function text(render: () => Promise<string>): Promise<string> {
  try {
    return await render();
  } catch (error) {
    if (error instanceof RenderError || (error as { status?: number }).status === 1) return refused;
    throw error;
  }
}
