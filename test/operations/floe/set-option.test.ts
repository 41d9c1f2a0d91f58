import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSetting } from "../../../operations/floe/set-option";
import { readValuesFile } from "../../../systems/floe/values-file";

describe("floe: overrides of the user", () => {
  const settings: readonly (readonly [text: string, values: object])[] = [
    ["otel.replicaCount=2", { otel: { replicaCount: 2 } }],
    ["minio.enabled=true", { minio: { enabled: true } }],
    ["a=null", { a: null }],
    ["a=", { a: "" }],
    ["a=b=c", { a: "b=c" }],
    ["a=on", { a: true }],
    ['a="on"', { a: "on" }],
    ["a=0755", { a: 493 }],
    ["a=1.10", { a: 1.1 }],
    ["a='1.10'", { a: "1.10" }],
    ["a=x: y", { a: "x: y" }],
    ["a=- x", { a: "- x" }],
    ["a=2026-01-01", { a: "2026-01-01" }],
    ["a=[1, two]", { a: [1, "two"] }],
    ["a={b: {c: 1}}", { a: { b: { c: 1 } } }],
    ["nodes.kubernetes\\.io/os=linux", { nodes: { "kubernetes.io/os": "linux" } }],
    ["a=$(touch x); `touch x`", { a: "$(touch x); `touch x`" }],
  ];
  for (const [text, values] of settings) it(`[FL-67] --set ${text}`, () => assert.deepEqual(readSetting(text), values));

  const wrong: readonly (readonly [text: string, message: RegExp])[] = [
    ["a", /^--set …: expected key=value/],
    ["=1", /^--set …: expected key=value/],
    ["a..b=1", /^--set a\.\.b: expected key=value/],
    ["a[0].b=1", /^--set a\[0\]\.b: one entry of a list cannot be set; set the whole list/],
    ["a=[1", /^--set a:\d+:\d+: not valid YAML/],
    ["__proto__.polluted=true", /^--set __proto__\.polluted: \/__proto__: a key that no data has/],
    ["a=\u001b[31m", /^--set a: \/a: a text with control characters/],
  ];
  for (const [text, message] of wrong)
    it(`[FL-67] fails for --set ${JSON.stringify(text)}`, () =>
      assert.throws(() => readSetting(text), { name: "UserError", message }));

  describe("in files", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "floe-values-"));
    });
    after(() => rmSync(folder, { recursive: true }));
    const file = (text: string): string => {
      writeFileSync(join(folder, "values.yaml"), text);
      return join(folder, "values.yaml");
    };

    it("[FL-67] reads a map, and an empty file as an empty one", () => {
      assert.deepEqual(readValuesFile(file("a: {b: yes}\nc: null\n")), { a: { b: true }, c: null });
      assert.deepEqual(readValuesFile(file("# nothing\n")), {});
    });

    for (const [what, text, message] of [
      ["no map", "- a\n", /values\.yaml: expected a map of values, got a list$/],
      ["no YAML", "a: 1\nb: [", /values\.yaml:3:1: not valid YAML/],
      ["a key twice", "a: 1\na: 2\n", /values\.yaml:2:1: not valid YAML: duplicated mapping key$/],
      ["a hostile key", "a: {__proto__: {b: 1}}\n", /values\.yaml: \/a\/__proto__: a key that no data has/],
    ] as const)
      it(`[FL-67] fails for ${what}`, () =>
        assert.throws(() => readValuesFile(file(text)), { name: "UserError", message }));

    it("[FL-67] fails for a file that is not there", () =>
      assert.throws(() => readValuesFile(join(folder, "none")), /none cannot be read: there is no such file/));
  });
});
