import { strict as assert } from "node:assert";
import type { JsonObject, Manifest } from "../../../policy/contract";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { manifest, prod } from "../support/pod";
import { role, rule } from "../support/rbac-cases";

/** What the rules about roles say, each with what it got. */
const said = (...objects: Manifest[]) =>
  evaluate(objects, prod)
    .findings.filter(({ rule }) => rule.startsWith("rbac-"))
    .map(({ rule, object, got }) => `${object.name} ${rule}: ${got}`);

const cluster = (name: string, rest: JsonObject, labels: JsonObject = {}): Manifest =>
  manifest("rbac.authorization.k8s.io/v1", "ClusterRole", { metadata: { name, labels }, ...rest });

describe("verbs that take rights", () => {
  it("are a wildcard and no more on a custom resource", () => {
    const rules = [
      rule("monitoring.example.com", ["probes", "probes/status"], ["*"]),
      rule("custom.metrics.k8s.io", ["*"], ["*"]),
    ];
    assert.deepEqual(said(cluster("operator", { rules })), [
      'operator rbac-wildcards: ["*"]',
      'operator rbac-wildcards: ["*"]',
      'operator rbac-wildcards: ["*"]',
    ]);
  });

  it("are named with what they are for where the API asks for them", () => {
    const rbac = "rbac.authorization.k8s.io";
    assert.deepEqual(said(role(rule(rbac, ["roles", "rolebindings"], ["escalate"]))), [
      "web rbac-escalation: escalate on roles",
    ]);
    assert.deepEqual(said(role(rule("", ["serviceaccounts", "events"], ["impersonate"]))), [
      "web rbac-escalation: impersonate on serviceaccounts",
    ]);
    assert.deepEqual(said(role(rule(rbac, ["clusterroles"], ["bind"], { resourceNames: ["view"] }))), [
      "web rbac-escalation: bind on clusterroles",
    ]);
  });
});

describe("grants that come to the same", () => {
  for (const [what, group, resource, verb, expected] of [
    ["labels of namespaces", "", "namespaces", "patch", "rbac-namespace-change"],
    ["labels of nodes", "", "nodes", "update", "rbac-node-change"],
    ["Deployments", "apps", "deployments", "create", "rbac-workload-creation"],
    ["CronJobs", "batch", "cronjobs", "patch", "rbac-workload-creation"],
    ["Secrets", "", "secrets", "create", "rbac-token-creation"],
    ["pods' ports", "", "pods/proxy", "get", "rbac-network-proxy"],
    ["Services' ports", "", "services/proxy", "create", "rbac-network-proxy"],
    ["where Services lead", "", "endpoints", "update", "rbac-endpoints-change"],
    ["where their slices lead", "discovery.k8s.io", "endpointslices", "patch", "rbac-endpoints-change"],
    ["definitions", "apiextensions.k8s.io", "customresourcedefinitions", "update", "rbac-api-extension"],
    ["API services", "apiregistration.k8s.io", "apiservices", "create", "rbac-api-extension"],
    ["Secrets in an answer", "", "secrets", "deletecollection", "rbac-secrets-access"],
    ["files of the node", "", "nodes/log", "get", "rbac-node-proxy"],
    ["memory of containers", "", "nodes/checkpoint", "create", "rbac-node-proxy"],
    ["places of pods", "", "bindings", "create", "rbac-node-change"],
    ["pods of a revision", "apps", "controllerrevisions", "patch", "rbac-workload-creation"],
    ["pods of Argo", "argoproj.io", "workflows", "create", "rbac-workload-creation"],
    ["pods of Tekton", "tekton.dev", "taskruns", "create", "rbac-workload-creation"],
    [
      "a node's login",
      "certificates.k8s.io",
      "certificatesigningrequests/nodeclient",
      "create",
      "rbac-certificate-approval",
    ],
  ] as const)
    it(`${verb} on ${resource}: ${what}`, () => {
      assert.deepEqual(said(cluster("web", { rules: [rule(group, [resource], [verb])] })), [
        `web ${expected}: ${verb} on ${resource}`,
      ]);
    });

  it("an aggregation of what edit or admin aggregate, or of a role that a rule forbids", () => {
    const label = (to: string) => `rbac.authorization.k8s.io/aggregate-to-${to}`;
    const by = (selector: JsonObject) => ({ aggregationRule: { clusterRoleSelectors: [selector] } });
    const exists = { matchExpressions: [{ key: label("admin"), operator: "Exists" }] };
    assert.deepEqual(said(cluster("all", by(exists))), [
      "all rbac-cluster-admin: one that selects edit, system:aggregate-to-admin",
    ]);
    assert.deepEqual(said(cluster("some", by({ matchLabels: { [label("edit")]: "true" } }))), [
      "some rbac-cluster-admin: one that selects system:aggregate-to-edit",
    ]);
    const part = cluster("part", { rules: [rule("", ["nodes"], ["patch"])] }, { "shop.example/to-web": "true" });
    assert.deepEqual(said(part, cluster("web", by({ matchLabels: { "shop.example/to-web": "true" } }))), [
      "part rbac-node-change: patch on nodes",
      'web rbac-node-change: one that selects ClusterRole "part", which has patch on nodes',
    ]);
  });
});
