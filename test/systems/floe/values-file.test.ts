import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../process/user-error";
import { readValuesFile, readValuesFiles } from "../../../systems/floe/values-file";

describe("systems/floe: files of values", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "floe-values-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const written = (text: string): string => {
    const file = join(folder, "values.yaml");
    writeFileSync(file, text);
    return file;
  };
  const refusal = (read: () => unknown): string => {
    try {
      read();
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      return error.message;
    }
    return assert.fail("accepted");
  };

  for (const [title, text, expected] of [
    ["YAML", "a: {b: [1, yes]}\n", { a: { b: [1, true] } }],
    ["JSON", '{"a": {"b": null}}', { a: { b: null } }],
    ["an empty file", "", {}],
    ["comments alone", "# nothing\n", {}],
  ] as const)
    it(`[FL-122] takes ${title}`, () => assert.deepEqual(readValuesFile(written(text)), expected));

  const refused: [title: string, text: string, message: RegExp][] = [
    ["text that is no YAML, with line and column", "a: 1\nb: [1\nc: 2\n", /^:3:\d+: not valid YAML: /],
    ["a key twice, with its line", "a: 1\na: 2\n", /^:2:1: not valid YAML: duplicated mapping key/],
    ["a list", "- a\n", /^: expected a map of values, got a list$/],
    ["a text", "values\n", /^: expected a map of values, got a text$/],
    [
      "a key of the prototype",
      '{"a": {"__proto__": {"b": 1}}}',
      /^: \/a\/__proto__: a key that no data has; remove it$/,
    ],
    ["a constructor", "a: [{constructor: 1}]\n", /^: \/a\/0\/constructor: a key that no data has; remove it$/],
    [
      "a key that drives a terminal",
      '"\\e[31m red": 1\n',
      /^: \/\\u001b\[31m red: a key with control characters; remove them$/,
    ],
    ["a text that drives a terminal", 'a: "\\e[31m red"\n', /^: \/a: a text with control characters; remove them$/],
    ["a tree that is too deep", `${"[".repeat(70)}${"]".repeat(70)}`, /nested more than 64 levels deep$/],
  ];
  for (const [title, text, message] of refused)
    it(`[FL-122] refuses ${title}`, () => {
      const file = written(text);
      const said = refusal(() => readValuesFile(file));
      assert.ok(said.startsWith(file), said);
      assert.match(said.slice(file.length), message);
    });

  it("[FL-122] refuses a file that is not there, and a folder", () => {
    const missing = join(folder, "none.yaml");
    assert.equal(
      refusal(() => readValuesFile(missing)),
      `${missing} cannot be read: there is no such file`,
    );
    const inside = join(folder, "folder.yaml");
    mkdirSync(inside);
    assert.equal(
      refusal(() => readValuesFile(inside)),
      `${inside} cannot be read: it is a folder`,
    );
  });

  it("[FL-122] of several files every mistake is told at once; those of each list stay in order", () => {
    const good = written("a: 1\n");
    assert.deepEqual(readValuesFiles({ platform: [good, good], jobs: [] }), {
      platform: [{ a: 1 }, { a: 1 }],
      jobs: [],
    });
    const [one, two] = [join(folder, "one.yaml"), join(folder, "two.yaml")];
    assert.deepEqual(refusal(() => readValuesFiles({ platform: [good, one], jobs: [two] })).split("\n"), [
      `${one} cannot be read: there is no such file`,
      `${two} cannot be read: there is no such file`,
    ]);
  });
});
