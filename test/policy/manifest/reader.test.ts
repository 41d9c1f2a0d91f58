import { strict as assert } from "node:assert";
import type { Document } from "../../../policy/manifest/documents";
import { ManifestError, refOf } from "../../../policy/manifest/manifest";
import { type ReadFile, readManifests } from "../../../policy/render/read-files";
import { useHelm } from "../support/helm";

const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

const objectsIn = async (text: string) => (await readManifests(text)).manifests.map(({ object }) => object);
const namesIn = async (text: string) => (await readManifests(text)).manifests.map(({ object }) => refOf(object).name);
/** What `data:` holds when `value` stands behind it. */
const dataOf = async (value: string) => (await objectsIn(`${head}data: ${value}\n`))[0]?.data;
/** Kind, line and name of each slip. */
const slipsIn = async (text: string) =>
  (await readManifests(text)).slips.map(({ kind, line, what }) => [kind, line, what]);

async function refusal(text: string): Promise<string> {
  const read: ReadFile | ManifestError = await readManifests(text).catch((error: unknown) => error as ManifestError);
  assert.ok(read instanceof ManifestError, `read: ${JSON.stringify(read)}`);
  return read.problems.join("; ");
}

describe("the reader of manifests", function () {
  this.timeout(60_000);
  before(useHelm);

  /** YAML of `data`, and what it is for Kubernetes. */
  const values: readonly (readonly [what: string, yaml: string, value: unknown])[] = [
    [
      "yes and its kin are truth values, quoted ones texts",
      '[yes, No, ON, off, y, "yes"]',
      [true, false, true, false, true, "yes"],
    ],
    ["nothing, ~ and null", "{a: , b: ~, c: null, d: Null}", { a: null, b: null, c: null, d: null }],
    ["octal, hexadecimal, binary and underscores", "[017, 0o17, 0x1F, 0b101, 1_000, -017]", [15, 15, 31, 5, 1000, -15]],
    ["numbers to the base of 60 stay texts", "[1:30, 190:20:30]", ["1:30", "190:20:30"]],
    ["fractions", "[1.5, .5, 1e3, 6.02e+23]", [1.5, 0.5, 1000, 6.02e23]],
    ["dates stay texts", "[2001-12-14, 2001-12-14T21:59:43Z]", ["2001-12-14", "2001-12-14T21:59:43Z"]],
    ["!!binary is decoded", "{greeting: !!binary aGVsbG8=}", { greeting: "hello" }],
    ["!!timestamp is a text", "!!timestamp 2026-11-28", "2026-11-28"],
    ["!!str, !!int and !!float", '[!!str 1, !!int "7", !!float 1]', ["1", 7, 1]],
    ["a tag of an application is left out", "[!x 1, !vault {a: b}]", ["1", { a: "b" }]],
    ["an anchor and its aliases", "[&a {x: 1}, *a]", [{ x: 1 }, { x: 1 }]],
    ["a merge key", "{base: &b {x: 1}, on: {<<: *b, z: 2}}", { base: { x: 1 }, true: { x: 1, z: 2 } }],
    ["a list of merges", "[&a {x: 1}, &b {z: 2}, {<<: [*a, *b]}]", [{ x: 1 }, { z: 2 }, { x: 1, z: 2 }]],
    ["a literal block", "|\n  a\n   b\n", "a\n b\n"],
    ["a folded block without its last line break", ">-\n  a\n  b\n\n  c\n", "a b\nc"],
    ["a block that keeps what follows", "|+\n  a\n", "a\n\n"],
    ["a block with its indentation given", "|2\n   a\n", " a\n"],
    ["a text in quotes over two lines", '"a\n  b \\\n  c"', "a b c"],
    ["escapes", '"\\x41\\u00e9\\U0001F600\\N\\_"', "Aé\u{1f600}\u0085\u00a0"],
    ["quotes doubled", "'it''s'", "it's"],
    ["# without a blank before it is no comment", "a#b # c", "a#b"],
    ["keys of other types become texts", "{1: a, true: b, 1.5: c}", { 1: "a", true: "b", 1.5: "c" }],
    ["a fraction as a key is cut to 32 bits", "{1.23456789012: a}", { "1.2345679": "a" }],
    ["a key that objects inherit elsewhere", "{__proto__: a}", JSON.parse('{"__proto__": "a"}')],
  ];
  for (const [what, yaml, value] of values)
    it(`reads ${what}`, async () => assert.deepEqual(await dataOf(yaml), value));

  it("keeps whole numbers on their side of the limits of int64", async () => {
    const big = ["9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"];
    const read = (await dataOf(`[${[...big, "9007199254740991", "0x7FFFFFFFFFFFFFFF"].join(", ")}]`)) as number[];
    const fits = (value: number | undefined): boolean => Number(value) >= -(2 ** 63) && Number(value) < 2 ** 63;
    assert.deepEqual(read.map(fits), [true, false, true, false, true, true]);
    assert.equal(read[4], Number.MAX_SAFE_INTEGER);
    assert.deepEqual(
      (
        await objectsIn(
          JSON.stringify({ kind: "A", apiVersion: "v1", metadata: { name: "a" }, n: 0 }).replace(":0", `:${big[0]}`),
        )
      ).map(({ n }) => fits(n as number)),
      [true],
    );
  });

  for (const [what, yaml, words] of [
    ["infinity and what is no number", ".inf", /unsupported value/],
    ["an alias without an anchor", "*a", /unknown anchor 'a' referenced/],
    ["a merge of what is no map", "{<<: 1}", /map merge requires map/],
    ["an empty key", "{~: a}", /a key must be a text, a number or a truth value/],
    ["a list as a key", "{[a]: b}", /invalid map key/],
    ["a tag that does not fit", "!!int abc", /cannot decode !!str `abc` as a !!int/],
    ["a tab as indentation", "\n\ta: b", /cannot start any token/],
    ["a control character", "\u0001", /control characters are not allowed/],
    ["keys that become one text", "{1: a, '1': b}", /two keys become the same text "1"/],
    ["keys that become one text in a text that begins with a brace", "", /two keys become the same text "1"/],
  ] as const)
    it(`refuses ${what}`, async () => {
      const text =
        yaml === "" ? "{apiVersion: v1, kind: A, metadata: {name: a}, data: {1: a, '1': b}}" : `${head}data: ${yaml}\n`;
      assert.match(await refusal(text), words);
    });

  it("names the line of a problem and of a document", async () => {
    assert.match(await refusal(`# c\n${head}---\n${head}data: {\n`), /^line 9: /);
    assert.match(await refusal(`${head}---\n- 1\n`), /^line 5: a Kubernetes object must be a map$/);
    const lines = ({ documents }: ReadFile): readonly number[] => documents.map(({ line }: Document) => line);
    assert.deepEqual(lines(await readManifests(`---\n${head}---\n\n# c\n${head}`)), [2, 6]);
    assert.deepEqual(
      lines(await readManifests(`---\n# Source: a.yaml\n${head}---\n# Source: b.yaml\n${head}`)),
      [3, 8],
    );
    const json = JSON.stringify({ apiVersion: "v1", kind: "A", metadata: { name: "a" } });
    assert.deepEqual(lines(await readManifests(`\n${json}\n\n${json}${json}\n`)), [2, 4, 4]);
    assert.deepEqual(lines(await readManifests(`${json}\n---\n# c\n${head}`)), [1, 3]);
  });

  it("reads documents as far as kubectl does: markers, directives, nothing at all", async () => {
    const other = head.replace("name: a", "name: b");
    assert.deepEqual(await namesIn(`${head}---\n${other}---`), ["a", "b"]);
    assert.deepEqual(await namesIn(`${head}--- # c\r\n---\t\n${other}`), ["a", "b"]);
    assert.deepEqual(await namesIn(`${head}...\n${other}`), ["a"], "what stands behind ... is not read");
    assert.deepEqual(await namesIn(`---\n%YAML 1.1\n---\n${other}`), ["b"]);
    assert.match(await refusal(`%YAML 1.1\n---\n${head}`), /did not find expected <document start>/);
    assert.match(await refusal(`${head}---text\n${other}`), /only blanks or a comment may follow/);
    for (const nothing of ["", " \n\n", "# off\n#a: b", "---\n---\n", "null", "~\n---\n# c\n", "\ufeff"])
      assert.deepEqual(await namesIn(nothing), [], JSON.stringify(nothing));
  });

  it("reads JSON, one after the other, and YAML behind the first", async () => {
    const [a, b, c] = ["a", "b", "c"].map((name) =>
      JSON.stringify({ apiVersion: "v1", kind: "A", metadata: { name } }),
    );
    assert.deepEqual(await namesIn(`${a}${b}\n\n${c}`), ["a", "b", "c"]);
    assert.deepEqual(await namesIn(`${a}\n---\n${head.replace("name: a", "name: d")}`), ["a", "d"]);
    assert.match(await refusal(`${a}${b}\n---\n${c}`), /invalid character '-'/);
    assert.deepEqual(await namesIn(`${" ".repeat(5000)}${a}`), ["a"]);
    assert.deepEqual(await namesIn(`${" ".repeat(5000)}${a}${b}`), ["a"], "YAML, of which the first document counts");
    assert.deepEqual(await slipsIn(`${a}`.replace("{", '{"n":1,"n":2,')), [["duplicate-key", 0, "n"]]);
  });

  it("opens every list, whatever it is called", async () => {
    const list = (items: string, kind = "PodList") => `apiVersion: v1\nkind: ${kind}\nitems: ${items}\n`;
    const [typed] = await objectsIn(list("[{metadata: {name: a}, spec: {hostPID: true}}]"));
    assert.deepEqual(typed, { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec: { hostPID: true } });
    const own = "[{apiVersion: b/v1, kind: B, metadata: {name: a}}]";
    for (const kind of ["List", "PodList", "Pod", "Widget"])
      assert.deepEqual(
        (await objectsIn(list(own, kind))).map((object) => object.kind),
        ["B"],
      );
    for (const kind of ["List", "PodList"]) assert.deepEqual(await objectsIn(list("null", kind)), []);
    const noList = /items is null in what is no list: Helm leaves the object out, Argo CD creates it/;
    for (const kind of ["Pod", "Widget"]) assert.match(await refusal(list("null", kind)), noList);
    for (const more of ["spec: {}", "status: {}"])
      assert.match(await refusal(`${list("~", "AllowList")}${more}\n`), noList);
    assert.deepEqual(await objectsIn(list("[]")), []);
    assert.match(await refusal(list("{a: b}")), /items must be a list/);
    assert.match(await refusal(list("[a]")), /items\[0\]: a Kubernetes object must be a map/);
    assert.match(await refusal(list("[{kind: A}]")), /items\[0\]: apiVersion is missing/);
    assert.match(await refusal(list("[{items: []}]")), /items\[0\]: a list inside a list/);
  });

  it("tells of equal keys, the last of which counts", async () => {
    const text = `${head}data:\n  a: 1\n  a: 2\n`;
    assert.deepEqual((await objectsIn(text))[0]?.data, { a: 2 });
    assert.deepEqual(await slipsIn(text), [["duplicate-key", 6, "a"]]);
    assert.deepEqual(await slipsIn("{apiVersion: v1, kind: A, kind: B,\n metadata: {name: a}}"), [
      ["duplicate-key", 1, "kind"],
    ]);
  });

  it("takes a key below a merge for the one that counts, and tells of one above it, which does not", async () => {
    const base = `${head}base: &base {a: 1, b: 1}\n`;
    const below = `${base}data:\n  <<: *base\n  a: 2\n  !!merge <<: {c: 3}\n`;
    assert.deepEqual((await objectsIn(below))[0]?.data, { a: 2, b: 1, c: 3 });
    assert.deepEqual(await slipsIn(below), []);
    assert.deepEqual(await slipsIn(`${below}  a: 4\n`), [["duplicate-key", 9, "a"]]);
    const above = `${base}data:\n  a: 2\n  <<: *base\n`;
    assert.deepEqual((await objectsIn(above))[0]?.data, { a: 1, b: 1 });
    assert.deepEqual(await slipsIn(above), [["duplicate-key", 4, "a"]]);
  });

  for (const [mark, name] of [
    ["\u0085", "U+0085"],
    ["\u2028", "U+2028"],
    ["\u2029", "U+2029"],
  ] as const) {
    it(`ends a line at ${name}, and tells of it outside of quotes`, async () => {
      const hidden = [["hidden-line-break", 4, name]];
      for (const line of [`# c${mark}data: b`, `# c${mark}${mark}data: b # d`, `data:${mark} b`]) {
        const [object] = await objectsIn(`${head}${line}\n`);
        assert.equal(object?.data, "b", line);
        assert.deepEqual((await slipsIn(`${head}${line}\n`))[0], hidden[0], line);
      }
      for (const line of [`data: "a${mark} b"`, `data: 'a${mark} b'`])
        assert.deepEqual(await slipsIn(`${head}${line}\n`), [], line);
    });

    it(`sees an object that stands behind ${name} in the comment of a separator`, async () => {
      const text = `--- # c${mark}{apiVersion: v1, kind: Pod, metadata: {name: a}}\n`;
      assert.deepEqual(await namesIn(text), ["a"]);
      assert.deepEqual(await slipsIn(text), [["hidden-line-break", 1, name]]);
    });

    it(`tells of ${name} in a text that begins with a brace`, async () => {
      const text = `{apiVersion: v1, kind: Pod, metadata: {name: a}, # c${mark} hidden: true\n}`;
      assert.equal((await objectsIn(text))[0]?.hidden, true);
      assert.deepEqual(await slipsIn(text), [["hidden-line-break", 1, name]]);
    });
  }

  it("takes a carriage return for a line break, and tells of one without a line feed outside of quotes", async () => {
    assert.deepEqual(await dataOf("b # c\rmore: d"), "b");
    const text = `${head}a: 1 # c\rb: 2\r\n`;
    assert.deepEqual(
      (await objectsIn(text)).map(({ a, b }) => [a, b]),
      [[1, 2]],
    );
    assert.deepEqual(await slipsIn(text), [["hidden-line-break", 4, "U+000D"]]);
    for (const plain of [`a: "1\r2"\n`, `a: 1 # c\r\nb: 2\r\n`, `a: 1\r`])
      assert.deepEqual(await slipsIn(`${head}${plain}`), [], JSON.stringify(plain));
  });

  it("tells of characters that turn the order of the text around, outside of quotes, and of no others", async () => {
    for (const mark of ["\u202a", "\u202e", "\u2066", "\u2069"]) {
      const name = `U+${mark.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`;
      const told = [["hidden-direction", 4, name]];
      assert.deepEqual(await slipsIn(`${head}data: b # ${mark} c\n`), told, name);
      assert.deepEqual(await slipsIn(`${head}data: b${mark}c\n`), told, name);
      assert.deepEqual(await slipsIn(`${head}data: "b${mark}c" # d\n`), [], name);
    }
    for (const mark of ["\u061c", "\u200e", "\u200f", "\u200d", "\u00e9", "\u05d0", "\u{1f469}\u200d\u{1f4bb}"])
      assert.deepEqual(await slipsIn(`${head}data: b # ${mark} c\n`), [], mark);
  });

  it("leaves out a last line without a line break that kubectl loses: one that fills its buffer of 4096 bytes", async () => {
    const last = (length: number) => `${head}data: a\ndata: b #${"c".repeat(length - 9)}`;
    for (const [length, data] of [
      [4095, "b"],
      [4096, "a"],
      [4097, "b"],
      [8192, "a"],
    ] as const) {
      assert.equal((await objectsIn(last(length)))[0]?.data, data, `${length}`);
      assert.equal((await objectsIn(`${last(length)}\n`))[0]?.data, "b", `${length}, with a line break`);
    }
  });
});
