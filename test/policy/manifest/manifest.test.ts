import { strict as assert } from "node:assert";
import { ManifestError, refOf } from "../../../policy/manifest/manifest";
import { readManifests } from "../../../policy/render/read-files";
import { useHelm } from "../support/helm";

const pod = (name: string, more = "") => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n${more}`;
const manifestsIn = async (text: string) => (await readManifests(text)).manifests;
const names = async (text: string) => (await manifestsIn(text)).map(({ object }) => refOf(object).name);
const slips = async (text: string) => (await readManifests(text, "a.yaml")).slips.map(({ what, line }) => [what, line]);

async function problems(text: string, file?: string): Promise<readonly string[]> {
  try {
    await readManifests(text, file);
  } catch (error) {
    assert.ok(error instanceof ManifestError, String(error));
    return error.problems;
  }
  throw new assert.AssertionError({ message: "it parsed" });
}

describe("manifest", function () {
  this.timeout(60_000);
  before(useHelm);

  it("reads documents with the file Helm names, and their hooks", async () => {
    const hook = pod("b", "").replace("  name: b", "  name: b\n  annotations:\n    helm.sh/hook: test");
    const text = `---\n# Source: web/templates/a.yaml\n${pod("a")}---\n# Source: web/templates/b.yaml\n${hook}`;
    const [a, b] = await manifestsIn(text);
    assert.deepEqual([a?.file, a?.document, a?.hook], ["web/templates/a.yaml", 0, undefined]);
    assert.deepEqual([b?.file, b?.document, b?.hook], ["web/templates/b.yaml", 1, "test"]);
  });

  it("reads plain files: no separator, comments, empty documents, carriage returns", async () => {
    assert.deepEqual(await names(pod("a")), ["a"]);
    assert.deepEqual(await names(`# only a comment\n---\n---\n${pod("a")}---\n# end\n`), ["a"]);
    assert.deepEqual(await names(`${pod("a")}---\n${pod("b")}---`.replaceAll("\n", "\r\n")), ["a", "b"]);
    assert.deepEqual(await names(`--- # first\n${pod("a")}`), ["a"]);
    assert.deepEqual(await names(""), []);
  });

  it("refuses content behind a separator, as kubectl does", async () =>
    assert.deepEqual(await problems("--- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n", "a.yaml"), [
      "a.yaml:1: only blanks or a comment may follow the document separator ---",
    ]));

  it("does not take --- inside a line for a separator", async () => {
    const [config] = await manifestsIn(`${pod("a")}data: |\n  ---\n  text\n`);
    assert.equal(config?.object.data, "---\ntext\n");
  });

  it("opens whatever has items, and says where in the list; items take kind and version from it", async () => {
    const item = (name: string) => ({ apiVersion: "v1", kind: "Pod", metadata: { name } });
    const bare = (name: string) => ({ metadata: { name } });
    const list = { apiVersion: "v1", kind: "PodList", items: [item("a"), bare("b")] };
    for (const text of [JSON.stringify(list), JSON.stringify({ ...list, kind: "Pod" })]) {
      const found = await manifestsIn(text);
      assert.deepEqual(
        found.map(({ object, within }) => [object.apiVersion, object.kind, refOf(object).name, within]),
        [
          ["v1", "Pod", "a", "items[0]"],
          ["v1", "Pod", "b", "items[1]"],
        ],
      );
    }
    const nested = { apiVersion: "v1", kind: "List", items: [list] };
    assert.match((await problems(JSON.stringify(nested), "a"))[0] ?? "", /^a:1: items\[0\]: a list inside a list/);
  });

  it("reads values as Kubernetes does, not as YAML 1.2", async () => {
    const values = async (all: readonly string[]) =>
      (await manifestsIn(all.map((value) => `${pod("a")}value: ${value}\n`).join("---\n"))).map(
        ({ object }) => object.value,
      );
    const yes = ["true", "True", "yes", "Yes", "on", "ON", "y"];
    assert.deepEqual(new Set(await values(yes)), new Set([true]));
    assert.deepEqual(new Set(await values(["false", "FALSE", "no", "No", "off", "n"])), new Set([false]));
    assert.deepEqual(new Set(await values(["", "~", "null"])), new Set([null]));
    assert.deepEqual(await values(["010", "0o10", "0x10", "0b10", "1_000", "-7", "0"]), [8, 8, 16, 2, 1000, -7, 0]);
    assert.deepEqual(await values(["1.5", "1e3", ".5", "08"]), [1.5, 1000, 0.5, 8]);
    const texts = ["1e999", "-1e999", "0x_", "yEs", "1:30", "1.2.3", "2024-01-01"];
    assert.deepEqual(await values(texts), texts);
    assert.deepEqual(await values(['"yes"', "!!binary aGVsbG8=", "!!str 7"]), ["yes", "hello", "7"]);
  });

  it("unfolds anchors and merge keys", async () => {
    const [a] = await manifestsIn(`${pod("a")}base: &base {x: 1}\nspec:\n  <<: *base\n  z: 2\n`);
    assert.deepEqual(a?.object.spec, { x: 1, z: 2 });
  });

  it("names every problem at once, with file and line", async () => {
    const text = `${pod("a")}---\n\n# what follows has no kind\napiVersion: v1\n---\n- 1\n---\nkind: [\n---\napiVersion: v1\nkind: Pod\n`;
    assert.deepEqual(await problems(text, "all.yaml"), [
      "all.yaml:6: kind is missing or not a text",
      "all.yaml:10: a Kubernetes object must be a map",
      "all.yaml:12: did not find expected node content",
      "all.yaml:14: metadata.name of the Pod is missing or not a text",
    ]);
  });

  it("takes the last of two equal keys, and tells of it", async () => {
    const text = `${pod("a")}spec: {}\nspec: {hostPID: true}\n`;
    assert.deepEqual((await manifestsIn(text))[0]?.object.spec, { hostPID: true });
    assert.deepEqual(await slips(text), [["spec", 6]]);
    assert.deepEqual(
      await slips(
        JSON.stringify({ apiVersion: "v1" }).replace("{", '{"kind":"Pod","kind":"Pod","metadata":{"name":"a"},'),
      ),
      [["kind", 0]],
    );
  });

  it("[MR-54] ends lines where Kubernetes does, and tells of each outside of quotes", async () => {
    for (const [mark, name] of [
      ["\u0085", "U+0085"],
      ["\u2028", "U+2028"],
      ["\u2029", "U+2029"],
    ] as const) {
      const text = `${pod("a")}# a comment${mark}spec: {hostPID: true}\n`;
      assert.deepEqual((await manifestsIn(text))[0]?.object.spec, { hostPID: true }, name);
      assert.deepEqual(await slips(text), [[name, 5]]);
    }
    assert.deepEqual(await slips(`${pod("a")}data: {a: "x\u2028y", b: 'it''s \u2029'}\n`), []);
    assert.deepEqual(await slips(`${pod("a")}a: don't\u2028\nb: "x"\n`), [["U+2028", 5]]);
  });

  it("refuses two keys that become one text: which of them counts is left to chance", async () =>
    assert.match(
      (await problems(`${pod("a")}data: {1: a, "1": b}\n`, "a.yaml"))[0] ?? "",
      /two keys become the same text "1"/,
    ));

  it("refuses what the API machinery cannot decode: names, versions and labels that are no texts", async () => {
    assert.deepEqual(await problems(pod("a\n  labels: {a: 1}")), [
      "line 1: a value of metadata.labels must be a text, got a number",
    ]);
    assert.match((await problems("apiVersion: a/b/c\nkind: Pod\n"))[0] ?? "", /apiVersion must be <version> or/);
    assert.deepEqual(await problems(pod("1")), ["line 1: metadata.name must be a text, got a number"]);
    assert.deepEqual(await problems("apiVersion: 1\nkind: Pod\n"), ["line 1: apiVersion must be a text, got a number"]);
  });

  it("refuses documents that unfold without end, contain themselves or are nested too deeply", async () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x,x]",
      ..."bcdefgh".split("").map((key, i) => `${key}: &${key} [${Array(10).fill(`*${"abcdefg"[i]}`)}]`),
    ];
    assert.match((await problems(`${pod("a")}${bomb.join("\n")}\n`))[0] ?? "", /excessive aliasing/);
    assert.match(
      (await problems(`${pod("a")}self: &self\n  again: *self\n`))[0] ?? "",
      /contains itself|unknown anchor/,
    );
    assert.match((await problems(`${pod("a")}deep: ${"[".repeat(200_000)}\n`))[0] ?? "", /depth|nested/);
  });

  it("names objects with the release's namespace, unless they have their own or belong to the cluster", async () => {
    const [own, cluster] = await manifestsIn(
      `${pod("a\n  namespace: mine")}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n`,
    );
    assert.deepEqual(own && refOf(own.object, "apps").namespace, "mine");
    assert.equal(cluster && "namespace" in refOf(cluster.object, "apps"), false);
    assert.equal(
      refOf({ apiVersion: "v1", kind: "Pod", metadata: { generateName: "job-" } }, "apps").namespace,
      "apps",
    );
  });
});
