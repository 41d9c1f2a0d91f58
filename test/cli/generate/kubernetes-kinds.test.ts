import { strict as assert } from "node:assert";
import { kindsServed, withMinors } from "../../../cli/generate/kubernetes-kinds";

const resource = (name: string, kind: string, namespaced = true) => ({ name, kind, namespaced });
const answers: Record<string, unknown> = {
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": { groups: [{ versions: [{ groupVersion: "apps/v1" }, { groupVersion: "apps/v2beta1" }] }] },
  "/api/v1": {
    groupVersion: "v1",
    resources: [resource("nodes", "Node", false), resource("nodes/status", "Node", false)],
  },
  "/apis/apps/v1": {
    groupVersion: "apps/v1",
    resources: [resource("deployments/scale", "Scale"), resource("deployments", "Deployment")],
  },
  "/apis/apps/v2beta1": { groupVersion: "apps/v2beta1", resources: [resource("deployments", "Deployment")] },
};
const kind = (apiVersion: string, name: string, scope: "Cluster" | "Namespaced" | undefined, stock = true) => ({
  apiVersion,
  kind: name,
  scope,
  stock,
});

describe("the table of Kubernetes' kinds, generated", () => {
  it("takes kinds, scopes and what only a subresource has from the answers of an API server", () => {
    assert.deepEqual(
      kindsServed((path) => answers[path]),
      [
        kind("v1", "Node", "Cluster"),
        kind("apps/v1", "Scale", undefined),
        kind("apps/v1", "Deployment", "Namespaced"),
        kind("apps/v2beta1", "Deployment", "Namespaced", false),
      ],
    );
  });

  it("leaves out what extensions of the cluster serve", () => {
    const kinds = kindsServed(
      (path) => answers[path],
      (apiVersion) => apiVersion === "v1",
    );
    assert.deepEqual(
      kinds.map(({ kind }) => kind),
      ["Node"],
    );
  });

  it("replaces the versions it is given, and gives each kind one span where it was there all the time", () => {
    const lease = kind("a/v1", "Lease", "Namespaced");
    const table = [{ ...lease, from: 30, to: 32 }];
    const spans = (minors: [number, (typeof lease)[]][]) =>
      withMinors(table, new Map(minors)).map(({ from, to }) => [from, to]);
    assert.deepEqual(spans([]), [[30, 32]]);
    assert.deepEqual(spans([[33, [lease]]]), [[30, 33]]);
    assert.deepEqual(spans([[31, []]]), [
      [30, 30],
      [32, 32],
    ]);
  });
});
