import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { z } from "zod";
import { goModule } from "../real-charts";

/** The definitions of the kinds of CloudNativePG, as its own project writes them. */
const operator = "github.com/cloudnative-pg/cloudnative-pg@v1.30.0";

type Schema = Readonly<Record<string, unknown>>;
interface Definition {
  readonly spec: {
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** The schema with every unknown field refused, as the API server does with strict field validation; without what JSON Schema does not know. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const { properties, ...rest } = schema as Record<string, unknown>;
  if (rest["x-kubernetes-int-or-string"] === true) return { anyOf: [{ type: "integer" }, { type: "string" }] };
  const kept = Object.fromEntries(
    Object.entries(rest)
      .filter(([key]) => !key.startsWith("x-") && !["format", "description", "default"].includes(key))
      .map(([key, value]) => [key, strict(value)]),
  );
  if (properties === undefined) return kept;
  const named = Object.entries(properties as object).map(([key, value]) => [key, strict(value)]);
  return { ...kept, properties: Object.fromEntries(named), additionalProperties: false };
}

/** What a schema of the operator says of objects: the lines that are wrong, none when one fits. `plural`: such as clusters. */
export async function cloudNativePg(plural: string): Promise<(object: unknown) => string[]> {
  const folder = join(await goModule(operator, tmpdir()), "config/crd/bases");
  const text = readFileSync(join(folder, `postgresql.cnpg.io_${plural}.yaml`), "utf8");
  const [version] = (load(text) as Definition).spec.versions;
  assert.equal(version?.name, "v1");
  const { properties = {} } = version.schema.openAPIV3Schema as { properties?: Record<string, unknown> };
  // metadata is the API server's own
  const type = z.fromJSONSchema(
    strict({ ...version.schema.openAPIV3Schema, properties: { ...properties, metadata: {} } }) as never,
  );
  return (object) => {
    const { error } = type.safeParse(object);
    return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
  };
}
