/** JSON schemas for kubeconform: of Kubernetes' own kinds what an API server publishes, of other kinds what their projects define. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { goModule } from "../real-charts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-group-version-kind"?: readonly { group: string; version: string; kind: string }[];
}

/** A CustomResourceDefinition. */
interface Definition {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** Modules with definitions, and where in them; the versions of other tests. */
const definitionFiles = [
  ["k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1", "deploy", /^vpa-v1-crd-gen\.yaml$/],
  ["github.com/external-secrets/external-secrets@v0.20.4", "config/crds/bases", /^external-secrets\.io_/],
  ["github.com/sigstore/policy-controller@v0.13.1", "config", /^300-/],
  ["github.com/cert-manager/cert-manager@v1.11.5", "deploy/crds", /^crd-/],
  ["github.com/cloudnative-pg/cloudnative-pg@v1.30.0", "releases", /^cnpg-1\.30\.0\.yaml$/],
] as const;

async function definitions(scratch: string): Promise<Definition[]> {
  const found = definitionFiles.map(async ([module, folder, names]) => {
    const from = join(await goModule(module, scratch), folder);
    const files = readdirSync(from).filter((name) => names.test(name));
    return files.flatMap((file) => loadAll(readFileSync(join(from, file), "utf8")) as Definition[]);
  });
  return (await Promise.all(found)).flat().filter((one) => one?.kind === "CustomResourceDefinition");
}

/** The same schema with no more fields than it names, where Kubernetes keeps none. */
function closed(schema: Schema): Schema {
  const { properties, items, additionalProperties } = schema;
  const isOpen = additionalProperties !== undefined || schema["x-kubernetes-preserve-unknown-fields"] === true;
  return {
    ...schema,
    ...(properties && { properties: closedAll(properties), ...(!isOpen && { additionalProperties: false }) }),
    ...(items && { items: closed(items) }),
    ...(typeof additionalProperties === "object" && { additionalProperties: closed(additionalProperties) }),
  };
}

const closedAll = (schemas: Readonly<Record<string, Schema>>): Record<string, Schema> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, closed(schema)]));

/** What every object has, whether or not its definition says so. */
const root: Schema["properties"] = {
  apiVersion: { type: "string" } as Schema,
  kind: { type: "string" } as Schema,
  metadata: { type: "object" } as Schema,
};

export interface SchemaSource {
  /** apiVersions of the objects there are. */
  readonly apiVersions: readonly string[];
  /** The API server's answer to a path, undefined when it has none. */
  readonly get: (path: string) => Promise<unknown>;
  /** Folder the schemas are written to. */
  readonly folder: string;
}

/** Writes a schema for every kind of some apiVersions. Returns kubeconform's argument that finds them. */
export async function writeSchemas({ apiVersions, get, folder }: SchemaSource): Promise<string> {
  const write = (apiVersion: string, name: string, schema: object): void => {
    const [group = "", version = group] = apiVersion.split("/"); // what kubeconform calls the group of "v1" is "v1"
    mkdirSync(join(folder, group, version), { recursive: true });
    writeFileSync(join(folder, group, version, `${name.toLowerCase()}.json`), JSON.stringify(schema));
  };
  mkdirSync(folder, { recursive: true });
  const others = await definitions(folder);
  for (const apiVersion of apiVersions) {
    const [group, name] = apiVersion.split("/");
    const defined = others.filter(({ spec }) => spec.group === group);
    for (const { spec } of defined) {
      const schema = spec.versions.find((version) => version.name === name)?.schema.openAPIV3Schema;
      if (schema)
        write(apiVersion, spec.names.kind, closed({ ...schema, properties: { ...root, ...schema.properties } }));
    }
    if (defined.length > 0) continue;
    const published = await get(`/openapi/v3/${name === undefined ? "api" : "apis"}/${apiVersion}`);
    if (published === undefined) continue;
    const text = JSON.stringify(published).replaceAll("#/components/schemas/", "#/definitions/");
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, Schema> } };
    write(apiVersion, "definitions", { definitions: closedAll(components.schemas) });
    for (const [type, schema] of Object.entries(components.schemas))
      for (const { group, version, kind } of schema["x-kubernetes-group-version-kind"] ?? [])
        if ([group, version].filter((part) => part !== "").join("/") === apiVersion)
          write(apiVersion, kind, { $ref: `definitions.json#/definitions/${type}` });
  }
  return join(folder, "{{ .Group }}/{{ .ResourceAPIVersion }}/{{ .ResourceKind }}.json");
}
