import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { Json, Manifest } from "../../../policy/contract";
import { read } from "../../../policy/manifest/read";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { selectorsOf } from "../../../policy/rules/selected";
import { selects } from "../../../policy/rules/selector";
import { namespaceOf, workloadsOf } from "../../../policy/rules/workload";

const context = { namespace: "apps" };
const labels = fc.oneof(
  fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(fc.constantFrom("x", "y"), fc.constant(UNKNOWN)), {
    noNullPrototype: true,
  }),
  fc.constant(UNKNOWN),
);
const metadata = fc.record({ name: fc.constantFrom("one", "two"), namespace: fc.constantFrom("apps", "other") });
const objects = fc.array(
  fc.oneof(
    fc.record({ metadata, labels }).map(({ metadata, labels }) => ({
      object: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: { template: { metadata: { labels }, spec: {} } },
      },
    })),
    fc.record({ metadata, labels }).map(({ metadata, labels }) => ({
      object: {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata,
        spec: { selector: { matchLabels: labels } },
      },
    })),
  ),
  { maxLength: 8 },
) as unknown as fc.Arbitrary<Manifest[]>;

describe("selected", () => {
  it("finds by label what trying every pair finds", () => {
    const selector = (object: Json) => read(object, "spec", "selector");
    const quick = selectorsOf(({ kind }) => kind === "PodDisruptionBudget", selector);
    fc.assert(
      fc.property(objects, (manifests) => {
        for (const { manifest, labels, namespace } of workloadsOf(manifests, context)) {
          const slow = manifests
            .filter((by) => by.object.kind === "PodDisruptionBudget" && namespaceOf(by, context) === namespace)
            .map((by) => ({ by, truth: selects(selector(by.object), labels) }))
            .filter(({ truth }) => truth !== false);
          assert.deepEqual(quick(manifests, context).get(manifest) ?? [], slow);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
