import { strict as assert } from "node:assert";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { dump, loadAll } from "js-yaml";
import { collect } from "../../../cli/judging/collect";
import { isRelease, type ReleaseInputs } from "../../../cli/judging/render";
import type { JsonObject } from "../../../policy/contract";
import { parseManifests } from "../../../policy/manifest/manifest";
import { renderChart } from "../../../policy/render/render";
import { RenderError } from "../../../policy/render/render-error";
import { serverBinary } from "../../../policy/render/render-server";
import { root } from "../../support/tree";
import { chart, useHelm } from "../support/helm";
import { helmTemplate, requestOf, ways, withWay } from "../support/helm-template";

const own = readdirSync(join(root, "charts"))
  .map((name) => join(root, "charts", name))
  .filter((path) => existsSync(join(path, "values.yaml")));
const fixtures = ["good", "hooks", "parent", "linked", "badyaml", "empty"].map(chart);
const credentials = { jmap_token: "token-one", carddav_username: "owner@example.com", carddav_password: "password" };
const values: Readonly<Record<string, JsonObject[]>> = {
  mailroom: [{ secrets: credentials }],
  "mail-server": [{ existingSecret: "account" }],
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

  it("through the server as well as through the command: both ways are there", () => {
    if (process.env.HELM_BIN?.includes("toolchain")) assert.ok(serverBinary());
    else assert.ok(process.env.HELM_BIN, "no Helm was found");
  });

  for (const path of [...own, ...fixtures]) {
    it(path.slice(root.length + 1), async () => {
      for (const given of valuesOf(path)) {
        const request = requestOf(path, given);
        const expected = await text(() => Promise.resolve(helmTemplate(request)));
        for (const way of ways)
          assert.equal(await withWay(way, () => text(async () => (await renderChart(request)).text)), expected, way);
      }
    });
  }

  it("every document becomes one object, none twice, none lost", async () => {
    for (const path of own) {
      for (const given of valuesOf(path)) {
        const request = requestOf(path, given);
        const documents = loadAll(helmTemplate(request)).filter((document) => document !== null);
        const objects = parseManifests((await renderChart(request)).text).map(({ object }) => object);
        assert.deepEqual(objects, documents);
      }
    }
  });

  it("values mean the same on both ways", async () => {
    for (const way of ways) {
      const request = requestOf(chart("good"), { ...awkward, image: "image:1" });
      assert.equal((await withWay(way, () => renderChart(request))).text, helmTemplate(request), way);
    }
  });

  it("refusals are the same on both ways", async () => {
    for (const name of ["broken", "recursion", "schema", "library"]) {
      const request = requestOf(chart(name), { secrets: { token: "correct-horse" } });
      const said: unknown[] = [];
      for (const way of ways) {
        const answer = await withWay(way, () =>
          renderChart(request).then(
            () => "rendered",
            ({ kind, message, file, line }: RenderError) => ({ kind, message, file, line }),
          ),
        );
        said.push(answer);
      }
      assert.deepEqual(said[0], said[1], name);
      assert.notEqual(said[0], "rendered", name);
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
        const { text } = await renderChart(request);
        assert.equal(text, helmTemplate(request));
        sizes.add(parseManifests(text).length);
      }
      assert.equal(sizes.size, 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const about = { apiVersion: "v2", name: "parent", version: "0.1.0" };

/** The text, or a word for a refusal: fixtures that Helm refuses must be refused on every way. */
async function text(render: () => Promise<string>): Promise<string> {
  try {
    return await render();
  } catch (error) {
    if (error instanceof RenderError || (error as { status?: number }).status === 1) return "refused";
    throw error;
  }
}
