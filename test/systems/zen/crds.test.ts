import { strict as assert } from "node:assert";
import { definitions, kinds } from "../../../systems/zen/crds/all";
import { storageVersion, versions } from "../../../systems/zen/crds/custom-resource";
import { samples } from "./samples";

interface Node {
  readonly type?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly enum?: unknown;
  readonly format?: string;
  readonly description?: string;
  readonly items?: Node;
  readonly additionalProperties?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
}

/** Every schema below one, with its path. */
function* below(node: Node, path: string): Generator<readonly [string, Node]> {
  yield [path, node];
  for (const [key, inner] of Object.entries(node.properties ?? {})) yield* below(inner, `${path}.${key}`);
  if (node.items) yield* below(node.items, `${path}[]`);
  if (node.additionalProperties) yield* below(node.additionalProperties, `${path}{}`);
}

describe("systems/zen: kinds", () => {
  it("[ZN-29] every version of a kind has the same schema, so that converting between them loses nothing", () => {
    assert.deepEqual(
      versions.filter(({ storage }) => storage).map(({ name }) => name),
      [storageVersion],
    );
    for (const { metadata, spec } of definitions) {
      assert.equal(spec.conversion.strategy, "None");
      const [first, ...others] = spec.versions;
      for (const one of others)
        for (const part of ["schema", "subresources", "additionalPrinterColumns"])
          assert.deepEqual(one[part], first?.[part], `${metadata.name} ${one.name}: ${part}`);
    }
  });

  it("every kind stays when who made it goes, and has a sample with wrong ones", () => {
    for (const { metadata } of definitions)
      assert.equal(metadata.annotations["helm.sh/resource-policy"], "keep", metadata.name);
    assert.deepEqual(samples.map(({ plural }) => plural).sort(), kinds.map(({ plural }) => plural).sort());
    for (const { wrong } of samples) assert.ok(wrong.length > 4);
  });

  for (const kind of kinds)
    it(`${kind.kind}: every field is described and bounded, and nothing unknown is kept`, () => {
      for (const [path, node] of [...below(kind.spec, "spec"), ...below(kind.status, "status")]) {
        if (!path.endsWith("[]")) assert.ok(node.description, `${path} says what it is`);
        assert.equal(node["x-kubernetes-preserve-unknown-fields"], undefined, path);
        if (node.type === "string" && !node.enum && !node.format) assert.ok(node.maxLength, `${path} has a longest`);
        if (node.type === "array") assert.ok(node.maxItems, `${path} has a most`);
        if (node.additionalProperties) assert.ok(node.maxProperties, `${path} has a most`);
      }
    });
});
