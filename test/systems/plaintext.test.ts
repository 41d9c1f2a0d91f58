import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CORE_SCHEMA, load } from "js-yaml";
import { secretInValues } from "../../policy/checks/secret-in-values";
import type { Finding } from "../../policy/contract";
import { messageOf } from "../../policy/message";
import { root } from "../support/tree";

/** Values files and stack files of the repository, by path. */
const committed = [
  ...readdirSync(root).filter((name) => /^Pulumi\..+\.yaml$/.test(name)),
  ...readdirSync(join(root, "charts"), { recursive: true, encoding: "utf8" })
    .filter((name) => /^(?:.*-)?values[^/]*\.ya?ml$/.test(basename(name)))
    .map((name) => join("charts", name)),
  ...readdirSync(join(root, "test/systems/floe"))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join("test/systems/floe", name)),
];

/** A value that only Pulumi can open is no plain text. */
function opened(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  if (Object.keys(value).join() === "secure") return "";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}

/** What the pack's rule says of a file, `text` in place of what it holds. */
function scan(file: string, text = readFileSync(join(root, file), "utf8")): readonly Finding[] {
  const tree = opened(load(text, { schema: CORE_SCHEMA }) ?? {});
  const object = { apiVersion: "", kind: "File", name: file };
  const context = {
    profile: "prod",
    namespace: "default",
    podSecurity: { level: "restricted", version: "latest" },
  } as const;
  return secretInValues.check([], { ...context, values: [{ name: file, object, tree, text }] });
}

describe("plain text in committed files", () => {
  it("is looked for in every stack file and every chart's values", () => {
    for (const file of [
      "Pulumi.dev.yaml",
      "Pulumi.prod.yaml",
      "charts/mailroom/values.yaml",
      "charts/service/values.yaml",
      "charts/floe-platform/values.yaml",
      "charts/floe-jobs/values.yaml",
      "test/systems/floe/Pulumi.floe.yaml",
    ])
      assert.ok(committed.includes(file), `${file} is not among ${committed.join(", ")}`);
  });

  for (const file of committed) {
    it(`[COS-18] [FL-23] ${file} holds no credential; a planted one is told by file, key path and reason, never by value`, () => {
      assert.deepEqual(scan(file).map(messageOf), []);
      const text = readFileSync(join(root, file), "utf8");
      const planted = `${text.trimEnd()}\nplanted:\n  databasePassword: correct-horse\n  note: ghp_${"a".repeat(36)}\n`;
      const found = scan(file, planted);
      assert.deepEqual(
        found.map((one) => [one.file, one.field, one.got, one.line]),
        [
          [file, "planted.databasePassword", "a literal (not shown)", planted.split("\n").length - 2],
          [file, "planted.note", "a GitHub token (not shown)", planted.split("\n").length - 1],
        ],
      );
      for (const one of found) assert.doesNotMatch(messageOf(one), /horse|ghp_/);
    });
  }
});
