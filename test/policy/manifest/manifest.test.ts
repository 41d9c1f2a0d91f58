import { strict as assert } from "node:assert";
import { ManifestError, parseManifests, refOf, splitDocuments } from "../../../policy/manifest/manifest";

const pod = (name: string, more = "") => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n${more}`;
const names = (text: string) => parseManifests(text).map(({ object }) => refOf(object).name);

function problems(text: string, file?: string): readonly string[] {
  try {
    parseManifests(text, file);
  } catch (error) {
    assert.ok(error instanceof ManifestError, String(error));
    return error.problems;
  }
  throw new assert.AssertionError({ message: "it parsed" });
}

describe("manifest", () => {
  it("reads documents with the file Helm names, and their hooks", () => {
    const hook = pod("b", "").replace("  name: b", "  name: b\n  annotations:\n    helm.sh/hook: test");
    const text = `---\n# Source: web/templates/a.yaml\n${pod("a")}---\n# Source: web/templates/b.yaml\n${hook}`;
    const [a, b] = parseManifests(text);
    assert.deepEqual([a?.file, a?.document, a?.hook], ["web/templates/a.yaml", 1, undefined]);
    assert.deepEqual([b?.file, b?.document, b?.hook], ["web/templates/b.yaml", 2, "test"]);
  });

  it("reads plain files: no separator, comments, empty documents, carriage returns, a byte order mark, content after ---", () => {
    assert.deepEqual(names(pod("a")), ["a"]);
    assert.deepEqual(names(`# only a comment\n---\n---\n${pod("a")}---\n# end\n`), ["a"]);
    assert.deepEqual(names(`\uFEFF${pod("a")}---\n${pod("b")}`.replaceAll("\n", "\r\n")), ["a", "b"]);
    assert.deepEqual(names("--- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n"), ["a"]);
    assert.deepEqual(parseManifests(""), []);
  });

  it("does not take --- inside a line for a separator", () => {
    const [config] = parseManifests(`${pod("a")}data: |\n  ---\n  text\n`);
    assert.equal(config?.object.data, "---\ntext\n");
    assert.equal(splitDocuments("a: b\n----\n").length, 1);
  });

  it("opens Lists, lists in lists too, and says where in the list", () => {
    const item = (name: string) => ({ apiVersion: "v1", kind: "Pod", metadata: { name } });
    const inner = { apiVersion: "v1", kind: "PodList", items: [item("b"), item("c")] };
    const list = { apiVersion: "v1", kind: "List", items: [item("a"), inner] };
    const found = parseManifests(JSON.stringify(list));
    assert.deepEqual(
      found.map(({ object, within }) => [refOf(object).name, within]),
      [
        ["a", "items[0]"],
        ["b", "items[1].items[0]"],
        ["c", "items[1].items[1]"],
      ],
    );
  });

  it("reads values as Kubernetes does, not as YAML 1.2", () => {
    const read = (value: string) =>
      (parseManifests(`${pod("a")}value: ${value}\n`)[0]?.object.value ?? null) as unknown;
    for (const yes of ["true", "True", "yes", "Yes", "on", "ON", "y"]) assert.equal(read(yes), true, yes);
    for (const no of ["false", "FALSE", "no", "No", "off", "n"]) assert.equal(read(no), false, no);
    for (const nothing of ["", "~", "null"]) assert.equal(read(nothing), null, nothing);
    assert.deepEqual(["010", "0o10", "0x10", "0b10", "1_000", "-7", "0"].map(read), [8, 8, 16, 2, 1000, -7, 0]);
    assert.deepEqual(["1.5", "1e3", ".5", "08"].map(read), [1.5, 1000, 0.5, 8]);
    const beyond = ["1e999", "-1e999", "0x_", "9".repeat(400)];
    assert.deepEqual(beyond.map(read), beyond);
    assert.deepEqual(['"yes"', "2024-01-01", "1.2.3", "yEs", "1:30"].map(read), [
      "yes",
      "2024-01-01",
      "1.2.3",
      "yEs",
      "1:30",
    ]);
  });

  it("unfolds anchors and merge keys", () => {
    const [a] = parseManifests(`${pod("a")}base: &base {x: 1}\nspec:\n  <<: *base\n  z: 2\n`);
    assert.deepEqual(a?.object.spec, { x: 1, z: 2 });
  });

  it("names every problem at once, with file and line", () => {
    const text = `${pod("a")}---\n\n# what follows has no kind\napiVersion: v1\n---\n- 1\n---\nkind: [\n---\napiVersion: v1\nkind: Pod\n`;
    assert.deepEqual(problems(text, "all.yaml"), [
      "all.yaml:8: kind is missing or not a text",
      "all.yaml:10: a Kubernetes object must be a map",
      "all.yaml:13: unexpected end of the stream within a flow collection",
      "all.yaml:14: metadata.name of the Pod is missing or not a text",
    ]);
  });

  it("refuses duplicate keys, in the line of the rendered template", () => {
    const text = "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: Pod\nkind: Job\n";
    assert.deepEqual(problems(text), ["web/templates/a.yaml, line 3 of what it renders to: duplicated mapping key"]);
  });

  it("refuses names and kinds that are no texts", () => {
    assert.deepEqual(problems(pod("1")), ["line 1: metadata.name of the Pod is missing or not a text"]);
    assert.deepEqual(problems("apiVersion: 1\nkind: Pod\n"), ["line 1: apiVersion is missing or not a text"]);
  });

  it("refuses documents that unfold without end, contain themselves or are nested too deeply", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x,x]",
      ..."bcdefgh".split("").map((key, i) => `${key}: &${key} [${Array(10).fill(`*${"abcdefg"[i]}`)}]`),
    ];
    assert.match(
      problems(`${pod("a")}${bomb.join("\n")}\n`)[0] ?? "",
      /aliases make the document larger than 1000000 values/,
    );
    assert.match(
      problems(`${pod("a")}self: &self\n  again: *self\n`)[0] ?? "",
      /an alias points at a value it is part of|unidentified alias/,
    );
    assert.match(problems(`${pod("a")}deep: ${"[".repeat(200_000)}\n`)[0] ?? "", /nested too deeply|nesting|depth/);
  });

  it("names objects with the release's namespace, unless they have their own or belong to the cluster", () => {
    const [own, cluster] = parseManifests(
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
