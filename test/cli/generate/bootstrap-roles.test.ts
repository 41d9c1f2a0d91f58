import { strict as assert } from "node:assert";
import { mightyRoles } from "../../../cli/generate/bootstrap-roles";
import { ruleOf } from "../../../policy/evaluate/catalogue";
import { bootstrapRoles } from "../../../policy/rules/bootstrap-roles";
import { knownRoles, readRoles, writeRoles } from "../../../policy/rules/bootstrap-table";
import { rule } from "../../policy/support/rbac-cases";

const role = (name: string, rules: object[], labels = {}, rest = {}) => ({
  metadata: { name, labels },
  rules,
  ...rest,
});
const to = (name: string) => ({ [`rbac.authorization.k8s.io/aggregate-to-${name}`]: "true" });

describe("the table of Kubernetes' own roles, generated", () => {
  it("takes those that grant what a rule forbids, with the rules, and no controller's", () => {
    const secrets = rule("", ["secrets"], ["list"]);
    const found = mightyRoles([
      role("reader", [rule("", ["configmaps"], ["list"])]),
      role("mighty", [secrets, rule("", ["nodes"], ["patch"]), secrets]),
      role("system:controller:any", [secrets]),
    ]);
    assert.deepEqual(
      found.map(({ name, breaks }) => [name, ...breaks]),
      [["mighty", "rbac-secrets-access", "rbac-node-change"]],
    );
  });

  it("takes those that get it by aggregation", () => {
    const selector = { clusterRoleSelectors: [{ matchLabels: to("all") }] };
    const part = role("part", [rule("", ["nodes/proxy"], ["get"])], to("all"));
    const found = mightyRoles([part, { ...role("all", []), aggregationRule: selector }]);
    assert.deepEqual(
      found.map(({ name }) => name),
      ["part", "all"],
    );
  });

  it("is what its rows say, and can be written again", () => {
    assert.equal(`\n${writeRoles(knownRoles)}`, bootstrapRoles);
    assert.deepEqual(readRoles("part >all rbac-node-proxy")[0]?.labels, {
      "kubernetes.io/bootstrapping": "rbac-defaults",
      ...to("all"),
    });
  });

  it("names rules there are, the roles everyone knows, and none that only reads", () => {
    for (const { breaks } of knownRoles) for (const id of breaks) assert.ok(ruleOf(id).id.startsWith("rbac-"));
    const names = knownRoles.map(({ name }) => name);
    for (const name of ["cluster-admin", "admin", "edit", "system:node", "system:persistent-volume-provisioner"])
      assert.ok(names.includes(name), name);
    for (const name of ["view", "system:discovery", "system:auth-delegator", "system:monitoring"])
      assert.ok(!names.includes(name), name);
  });
});
