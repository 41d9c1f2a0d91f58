import { strict as assert } from "node:assert";
import { secretInValues } from "../../../policy/checks/secret-in-values";
import { knownValues } from "../../../policy/manifest/known-values";
import { leavesOf, textLeaves } from "../../../policy/manifest/value-leaves";
import { validateSecretText } from "../../../policy/rules/secret-text";
import { prod } from "../support/pod";

const object = { apiVersion: "helm.sh/v3", kind: "Release", name: "web", namespace: "apps" };
const inText = (text: string) => [...validateSecretText("note", ["note"], text)].map(({ field }) => field);

describe("leaves of values", () => {
  const hostile = '{"__proto__":{"password":"hunter2"},"constructor":{"token":"hunter3"},"toString":"x"}';

  it("takes __proto__ for a key like any other, in values, in a file of the chart and in a text", () => {
    const tree = JSON.parse(hostile);
    assert.deepEqual(
      [...leavesOf(knownValues(tree, () => false))].map(({ path, value }) => [path, value]),
      [
        ["__proto__.password", "hunter2"],
        ["constructor.token", "hunter3"],
        ["toString", "x"],
      ],
    );
    for (const source of [
      { name: "values", object, tree },
      { name: "web/values.yaml", object, tree, text: hostile },
    ])
      assert.equal(secretInValues.check([], { ...prod, values: [source] }).length, 2);
    assert.deepEqual(inText(hostile), ["note at __proto__.password", "note at constructor.token"]);
    assert.deepEqual(inText("__proto__:\n  password: hunter2\n"), ["note at __proto__.password"]);
    assert.deepEqual(inText("__proto__.password=hunter2\n"), ["note at __proto__.password"]);
  });

  it("goes by the name of an entry for its value", () => {
    const tree = {
      list: [{ name: "TOKEN", value: "x" }, { key: "A", value: "y" }, { name: 1, value: "z" }, { value: "v" }],
    };
    assert.deepEqual(
      [...leavesOf(tree)].filter(({ path }) => path.endsWith("value")).map(({ keys, path }) => [keys.join("/"), path]),
      [
        ["list/TOKEN", "list[0].value"],
        ["list/A", "list[1].value"],
        ["list/value", "list[2].value"],
        ["list/value", "list[3].value"],
      ],
    );
  });

  it("reads a text line by line where it is too long, too deep or too tangled for a tree", () => {
    const secret = "password: hunter2\n";
    assert.deepEqual(inText(`${"# filler of a line\n".repeat(60_000)}${secret}`), ["note at password"]);
    assert.deepEqual(inText(`a: &a [1]\nb: *a\n${secret}`), ["note at password"]);
    assert.deepEqual(inText(`a: ${"[".repeat(20_000)}\n${secret}`), ["note at password"]);
  });

  it("looks into a text in a text, and says of one that is too deep what its look says", () => {
    let text = "password: hunter2";
    for (let depth = 0; depth < 4; depth += 1) text = JSON.stringify({ [`in${depth}`]: text });
    assert.equal(inText(text).length, 1);
    let deep = "https://me:hunter2@h";
    for (let depth = 0; depth < 12; depth += 1) deep = JSON.stringify({ a: deep });
    assert.equal(inText(deep).length, 1);
  });

  it("finds nothing in a text without settings", () => {
    assert.deepEqual([...textLeaves("a sentence about passwords")], []);
    assert.deepEqual([...textLeaves(7)], []);
  });
});
