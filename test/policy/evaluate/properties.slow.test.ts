import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { Json, JsonObject, Manifest } from "../../../policy/contract";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { ManifestError } from "../../../policy/manifest/manifest";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { messageOf } from "../../../policy/message";
import { readManifests } from "../../../policy/render/read-files";
import { redactor } from "../../../policy/render/render-redact";
import { useHelm } from "../support/helm";
import { podSpec, prod } from "../support/pod";

const kinds = fc.constantFrom(
  ["v1", "Pod"],
  ["apps/v1", "Deployment"],
  ["batch/v1", "Job"],
  ["batch/v1", "CronJob"],
  ["v1", "ConfigMap"],
  ["v1", "ServiceAccount"],
  ["v1", "Service"],
  ["v1", "PersistentVolume"],
  ["apps/v1", "StatefulSet"],
  ["autoscaling/v2", "HorizontalPodAutoscaler"],
  ["autoscaling.k8s.io/v1", "VerticalPodAutoscaler"],
  ["keda.sh/v1alpha1", "ScaledObject"],
  ["networking.k8s.io/v1", "Ingress"],
  ["networking.k8s.io/v1", "NetworkPolicy"],
  ["gateway.networking.k8s.io/v1", "Gateway"],
  ["policy/v1", "PodDisruptionBudget"],
  ["rbac.authorization.k8s.io/v1", "ClusterRole"],
  ["rbac.authorization.k8s.io/v1", "RoleBinding"],
);
const anything = fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>;

/** A hardened pod with some of its values replaced by anything at all, unknowns among it. */
const bent = fc
  .array(fc.tuple(fc.nat(), fc.oneof(anything, fc.constant(UNKNOWN))), { maxLength: 4 })
  .map((changes) => changes.reduce<unknown>((tree, [place, value]) => replace(tree, place, value), podSpec()));

function replace(tree: unknown, place: number, value: unknown): unknown {
  if (typeof tree !== "object" || tree === null) return value;
  const keys = Object.keys(tree);
  const key = keys[place % (keys.length + 1)];
  if (key === undefined) return value;
  const copy = Array.isArray(tree) ? [...tree] : { ...tree };
  Object.assign(copy, { [key]: replace((tree as JsonObject)[key], Math.floor(place / (keys.length + 1)), value) });
  return copy;
}

const objects = fc.array(
  fc.tuple(kinds, fc.oneof(bent, anything), anything).map(([[apiVersion = "", kind = ""], spec, data]): Manifest => {
    const pod = { template: { spec }, jobTemplate: { spec: { template: { spec } } } };
    return { object: { apiVersion, kind, metadata: { name: "x" }, data, spec: (kind === "Pod" ? spec : pod) as Json } };
  }),
  { minLength: 1, maxLength: 3 },
);

describe("whatever comes in", function () {
  this.timeout(60_000);

  it("a verdict comes out, the same each time, and every finding has words", () => {
    fc.assert(
      fc.property(objects, (manifests) => {
        const verdict = evaluate(manifests, prod);
        assert.deepEqual(evaluate(manifests, prod), verdict);
        for (const finding of verdict.findings) assert.match(messageOf(finding), /(?:must be|cannot be evaluated)/);
      }),
      { numRuns: 2000 },
    );
  });

  it("text becomes objects or a ManifestError, never anything else", async () => {
    useHelm();
    const lines = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          "---",
          "kind: Pod",
          "apiVersion: v1",
          "metadata: {name: a}",
          "  - x",
          "a: &a [*a]",
          "<<: *a",
          "\t",
          "? ",
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(lines, async (all) => {
        try {
          for (const { object } of (await readManifests(all.join("\n"))).manifests)
            assert.equal(typeof object.kind, "string");
        } catch (error) {
          assert.ok(error instanceof ManifestError, String(error));
          assert.ok(error.problems.length > 0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("[MR-28] no credential survives in an error of Helm, quoted, escaped or encoded", () => {
    const secret = fc.string({ minLength: 8 }).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        const redact = redactor({ secrets: { token: value } }, ["web", value.slice(0, 3)]);
        for (const form of [value, JSON.stringify(value), `'${value}'`, Buffer.from(value).toString("base64")]) {
          const clean = redact(`${before}${form}${after}`);
          assert.ok(clean.includes("[value of secrets.token]"));
          assert.ok(!`${before}${after}[value of secrets.token]`.includes(value) === !clean.includes(value));
        }
      }),
    );
  });
});
