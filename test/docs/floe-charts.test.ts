import assert from "node:assert/strict";
import { load } from "js-yaml";
import { granted } from "../charts/support/floe";
import { textOf } from "../support/tree";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
}

/** Every key of a schema, by its path; `hardened` is Helm's own, for the library. */
function keys(schema: Schema, path = ""): string[] {
  const own = Object.entries(schema.properties ?? {})
    .filter(([key]) => path !== "" || key !== "hardened")
    .flatMap(([key, inner]) => [`${path}${key}`, ...keys(inner, `${path}${key}.`)]);
  const rest = schema.additionalProperties;
  const entries = typeof rest === "object" ? keys(rest, `${path}<name>.`) : [];
  const items = schema.items ? keys(schema.items, `${path.slice(0, -1)}[].`) : [];
  return [...own, ...entries, ...items, ...(schema.anyOf ?? []).flatMap((one) => keys(one, path))];
}

/** The value at a path of keys. */
const at = (tree: unknown, path: string): unknown =>
  path.split(".").reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], tree);

describe("README of floe's charts", () => {
  for (const chart of ["floe-platform", "floe-jobs"]) {
    const page = textOf(`charts/${chart}/README.md`);
    const rows = new Map(
      [...page.matchAll(/^\| `(\S+)` \| .* \| (.*?) \| .* \|$/gm)].map(([, key, rest]) => [key, rest]),
    );
    const all = keys(JSON.parse(textOf(`charts/${chart}/values.schema.json`)) as Schema);

    it(`[FL-57] [FL-64] ${chart}: every key of the schema is in it`, () => {
      assert.ok(all.length > 50);
      // a group without a meaning of its own has no row
      const isGroup = (key: string) => all.some((other) => other.startsWith(`${key}.`));
      assert.deepEqual(
        all.filter((key) => !rows.has(key) && !isGroup(key)),
        [],
      );
    });

    it(`[FL-57] ${chart}: with the default that values.yaml gives it`, () => {
      const values = load(textOf(`charts/${chart}/values.yaml`));
      for (const [key = "", written] of rows) {
        const value = at(values, key);
        if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
          assert.equal(written, value === "" ? "empty" : `\`${value}\``, key);
      }
    });
  }

  it("the exemption the platform needs is the one that the tests evaluate it with", () => {
    const block = /^hardened:policy:\n[\s\S]*?(?=^```)/m.exec(textOf("charts/floe-platform/README.md"))?.[0] ?? "";
    const { exemptions } =
      (load(block) as Record<string, { exemptions: (typeof granted)[number][] }>)["hardened:policy"] ?? {};
    const undated = (all: typeof granted = []) => all.map(({ expires: _, ...rest }) => rest);
    assert.deepEqual(undated(exemptions), undated(granted));
  });

  it("[FL-85] the Secrets of the overlays are those that it tells to make", () => {
    const page = textOf("charts/floe-platform/README.md");
    for (const environment of ["dev", "test", "staging", "prod"])
      for (const [, name] of textOf(`charts/floe-platform/values-${environment}.yaml`).matchAll(/Secret: (\S+)$/gm))
        assert.match(page, new RegExp(`\\| \`${name}\` +\\|`), name);
  });
});
