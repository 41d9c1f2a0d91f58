import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { readArtifacts } from "../../../../systems/floe/generator/artifacts";
import { isCron } from "../../../../systems/floe/generator/cron";
import { jsonErrorIn } from "../../../../systems/floe/generator/json-error";
import { textOf } from "../../../support/tree";

const sample = textOf("systems/floe/generator/sample/compiled_artifacts.json");
type Tree = Record<string, unknown>;
/** What of the sample tests change. */
type Sample = Tree & { metadata: Tree; plugins: Tree; jobs: [Tree, Tree, Tree] };

/** The sample with a change, as text. */
function changed(change: (tree: Sample) => void): string {
  const tree = JSON.parse(sample);
  change(tree);
  return JSON.stringify(tree);
}
function mistakes(json: string): readonly string[] {
  const read = readArtifacts(json);
  return "mistakes" in read ? read.mistakes : [];
}
const least = {
  version: "1",
  metadata: { name: "orders", productVersion: "1" },
  plugins: { orchestrator: { type: "dagster" }, catalog: { type: "polaris" }, compute: { type: "dbt" } },
};

describe("floe: compiled artifacts", () => {
  it("[FL-20] [FL-29] [FL-74] reads the sample, and the least there can be with its defaults", () => {
    assert.deepEqual(mistakes(sample), []);
    const read = readArtifacts(JSON.stringify(least));
    assert.ok("artifacts" in read);
    assert.deepEqual(read.artifacts.jobs, []);
    assert.equal(read.artifacts.plugins.observability.type, "otel");
    assert.throws(() => (read.artifacts.jobs as unknown[]).push(1), TypeError);
  });

  it("[FL-20] the published JSON schema takes what is read and refuses what is not", () => {
    const schema = z.fromJSONSchema(JSON.parse(textOf("docs/reference/compiled-artifacts.schema.json")));
    assert.ok(schema.safeParse(JSON.parse(sample)).success);
    assert.ok(schema.safeParse(least).success);
    for (const wrong of [{}, { ...least, version: "2" }, { ...least, extra: 1 }, { ...least, jobs: [{ name: "a" }] }])
      assert.ok(!schema.safeParse(wrong).success, JSON.stringify(wrong));
  });

  const refused: readonly (readonly [what: string, json: string, lines: readonly string[]])[] = [
    ["no object", "[]", ["/: expected an object, got a list"]],
    ["no version", "{}", ['/version: expected "1", the version this generator reads, got nothing']],
    [
      "another version",
      JSON.stringify({ ...least, version: "2" }),
      ['/version: expected "1", the version this generator reads, got "2"'],
    ],
    [
      "a number as version",
      JSON.stringify({ ...least, version: 1 }),
      ['/version: expected "1", the version this generator reads, got a number'],
    ],
    [
      "missing fields, all of them at once",
      changed((tree) => {
        delete tree.metadata.name;
        delete tree.plugins.catalog;
      }),
      ["/metadata/name: missing, expected string", "/plugins/catalog: missing, expected object"],
    ],
    [
      "an unknown key, with the nearest",
      changed((tree) => Object.assign(tree, { lineages: {} })),
      ['/lineages: unknown key; did you mean "lineage"?'],
    ],
    [
      "an empty command",
      changed((tree) => Object.assign(tree.jobs[0], { command: [] })),
      ['/jobs/0/command: expected a command of at least one word, such as ["dbt", "build"]'],
    ],
    [
      "a bad schedule",
      changed((tree) => Object.assign(tree.jobs[1], { schedule: "61 * * * *" })),
      ['/jobs/1/schedule: expected a cron schedule of five fields, such as "0 6 * * *"'],
    ],
    [
      "a name twice",
      changed((tree) => Object.assign(tree.jobs[2], { name: "orders-build" })),
      ["/jobs/2/name: the same name as entry [0]"],
    ],
    [
      "a credential in a variable",
      changed((tree) => Object.assign(tree.jobs[0], { env: { DB_PASSWORD: "hunter22" } })),
      ["/jobs/0/env/DB_PASSWORD: a credential in clear; put it into a Secret and name that in secretRefs"],
    ],
    [
      "a Secret that is more than its name",
      changed((tree) => Object.assign(tree, { secretRefs: [{ secretName: "a", value: "hunter22" }] })),
      ["/secretRefs/0/value: unknown key; known keys: secretName"],
    ],
  ];
  for (const [what, json, lines] of refused)
    it(`[FL-20] fails for ${what}`, () => assert.deepEqual(mistakes(json), lines));

  const hostile: readonly (readonly [what: string, json: string, lines: readonly string[]])[] = [
    [
      "a key that reaches the prototype",
      sample.replace('"metadata": {', '"metadata": {"__proto__": {"polluted": true},'),
      ["/metadata/__proto__: a key that no data has; remove it"],
    ],
    [
      "one below a plugin's settings",
      sample.replace('"config": {}', '"config": {"constructor": {}}'),
      ["/plugins/catalog/config/constructor: a key that no data has; remove it"],
    ],
    [
      "a control character in a text",
      sample.replace("dbt build", "").replace('"dbt", "build"', '"dbt", "bu\\u001b[31mild"'),
      ["/jobs/0/command/1: a text with control characters; remove them"],
    ],
    [
      "one in a key, which is not repeated raw",
      sample.replace('"tags": {', '"tags": {"a\\u0007b": "x",'),
      ["/jobs/0/tags/a\\u0007b: a key with control characters; remove them"],
    ],
    [
      "half of a surrogate pair",
      sample.replace('"sales"', '"\\ud800"'),
      ["/jobs/0/tags/domain: a text with control characters; remove them"],
    ],
    [
      "slashes in a key",
      sample.replace('"tags": {', '"tags": {"a/b~": "\\u0000",'),
      ["/jobs/0/tags/a~1b~0: a text with control characters; remove them"],
    ],
  ];
  for (const [what, json, lines] of hostile)
    it(`[FL-20] refuses hostile input: ${what}`, () => {
      assert.deepEqual(mistakes(json), lines);
      assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    });

  it("[FL-20] refuses a million levels and 64 MiB without falling over", () => {
    const deep = `{"version":"1","metadata":${'{"a":'.repeat(1e6)}1${"}".repeat(1e6)}}`;
    const [line = "", ...more] = mistakes(deep);
    assert.match(line, /^\/metadata(?:\/a){63}…?.*: nested more than 64 levels deep$/);
    assert.deepEqual(more, []);
    assert.deepEqual(mistakes(" ".repeat(64 * 1024 * 1024 + 1)), [
      "67108865 characters; an artifact has at most 67108864",
    ]);
  });

  it("[FL-20] lists twenty mistakes of a hostile tree and no more", () => {
    const many = JSON.stringify({ version: "1", jobs: Array.from({ length: 500 }, () => "\u0000") });
    assert.equal(mistakes(many).length, 21);
  });
});

describe("floe: the place where a text stops being JSON", () => {
  const places: readonly (readonly [json: string, place: string])[] = [
    ["", "1:1 a value"],
    ["{", '1:2 a key in double quotes or "}"'],
    ['{"a": x}', "1:7 a value"],
    ['{"a":1,\n "b": }', "2:7 a value"],
    ['{"a":1,}', "1:8 a key in double quotes"],
    ['{"a" 1}', '1:6 ":"'],
    ["[1,2,,3]", "1:6 a value"],
    ["[1 2]", '1:4 "," or "]"'],
    ['{"a":1\n\n  "b":2}', '3:3 "," or "}"'],
    ["{} {}", "1:4 the end of the text"],
    ["{'a':1}", '1:2 a key in double quotes or "}"'],
    ['["a\u0001"]', '1:2 a value or "]"'],
    ["[01]", '1:2 a value or "]"'],
  ];
  for (const [json, place] of places)
    it(`[FL-20] ${JSON.stringify(json)} at ${place}`, () => {
      const found = jsonErrorIn(json);
      assert.equal(`${found?.line}:${found?.column} ${found?.expected}`, place);
    });

  it("[FL-20] the message has line and column, and nothing of the text", () => {
    const [line = ""] = mistakes('{"password": "hunter22"\n "x"}');
    assert.equal(line, 'line 2, column 2: not JSON: expected "," or "}"');
  });

  it("[FL-20] agrees with JSON.parse on what is JSON", () => {
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"\\u12fF"',
      '"\\x"',
      "1",
      "-0.5e+3",
      "01",
      "true",
      "nul",
      " ",
      "\n",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.array(piece, { maxLength: 8 }).map((parts) => parts.join("")),
        ),
        (text) => {
          assert.equal(jsonErrorIn(text) === undefined, isJson(text), text);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("floe: cron schedules", () => {
  for (const good of ["* * * * *", "0 6 * * *", "*/15 0-6,22 1 jan-mar MON-FRI", "@daily", "0 0 ? * 0", "5/10 * * * *"])
    it(`[FL-60] takes ${good}`, () => assert.ok(isCron(good)));
  for (const bad of [
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 7",
    "*/0 * * * *",
    "5-1 * * * *",
    "@often",
    "a * * * *",
    "1, * * * *",
    "0  6 * * *",
  ])
    it(`[FL-60] fails for ${JSON.stringify(bad)}`, () => assert.ok(!isCron(bad)));
});
