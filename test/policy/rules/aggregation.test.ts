import { strict as assert } from "node:assert";
import { rbacSecretsAccess } from "../../../policy/checks/rbac-secrets-access";
import type { Json, Manifest } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { complaintOf } from "../../../policy/message";
import { prod } from "../support/pod";

const clusterRole = (name: string, rest: { labels?: Json; rules?: Json; aggregationRule?: Json }): Manifest => {
  const { labels = {}, ...parts } = rest;
  return {
    object: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name, labels }, ...parts },
  };
};
const secrets = [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }];
const pods = [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }];
const shop = { "shop.example/part": "true" };
const collecting = (...clusterRoleSelectors: Json[]) => ({ aggregationRule: { clusterRoleSelectors } });
const bySelector = { matchLabels: shop };
const part = clusterRole("part", { labels: shop, rules: secrets });

/** What is found, by the name of the role. */
const found = (...objects: Manifest[]) =>
  rbacSecretsAccess.check(objects, prod).map((one) => `${one.object.name}: ${complaintOf(one)}`);
const without = "without get, list, watch, update, patch, delete, deletecollection on secrets";
const own = (name: string) => `${name}: rules[0] must be ${without}, got list on secrets`;
const got = (name: string, of: string, index = 0) =>
  `${name}: aggregationRule.clusterRoleSelectors[${index}] must be for roles ${without}, got one that selects ClusterRole "${of}", which has list on secrets`;
const unsure = (name: string) =>
  `${name}: aggregationRule.clusterRoleSelectors[0] cannot be evaluated, got a value unknown until deployment`;

describe("aggregated ClusterRoles", () => {
  for (const [title, selector] of [
    ["labels", bySelector],
    ["an expression", { matchExpressions: [{ key: "shop.example/part", operator: "In", values: ["true", "yes"] }] }],
    ["a key alone", { matchExpressions: [{ key: "shop.example/part", operator: "Exists" }] }],
    ["what others do not have", { matchExpressions: [{ key: "shop.example/other", operator: "DoesNotExist" }] }],
    ["nothing, which is all", {}],
  ] as const)
    it(`have the rules of a role they select by ${title}`, () => {
      assert.deepEqual(found(part, clusterRole("whole", collecting(selector as Json))), [
        own("part"),
        got("whole", "part"),
      ]);
    });

  it("have them by the second selector too, whatever comes first", () => {
    const whole = clusterRole("whole", collecting({ matchLabels: { a: "b" } }, bySelector));
    assert.deepEqual(found(whole, part), [got("whole", "part", 1), own("part")]);
  });

  it("have them through one another, in a circle too", () => {
    const inner = clusterRole("inner", {
      labels: { level: "two" },
      ...collecting(bySelector, { matchLabels: { level: "three" } }),
    });
    const outer = clusterRole("outer", {
      labels: { level: "three" },
      ...collecting({ matchLabels: { level: "two" } }),
    });
    assert.deepEqual(found(outer, inner, part), [
      got("outer", "inner"),
      got("inner", "part"),
      got("inner", "outer", 1),
      own("part"),
    ]);
  });

  it("have nothing of roles they do not select, of harmless ones, of Roles, and of themselves", () => {
    const role = { object: { ...part.object, kind: "Role" } };
    const harmless = clusterRole("harmless", { labels: shop, rules: pods });
    assert.deepEqual(found(role, harmless, clusterRole("whole", collecting(bySelector))), [own("part")]);
    assert.deepEqual(found(part, clusterRole("whole", collecting({ matchLabels: { other: "true" } }))), [own("part")]);
    assert.deepEqual(found(clusterRole("self", { labels: shop, rules: secrets, ...collecting(bySelector) })), [
      own("self"),
    ]);
    assert.deepEqual(found(part, clusterRole("whole", { aggregationRule: {} })), [own("part")]);
  });

  it("cannot be evaluated where a selector, a label or a rule is not known", () => {
    const whole = clusterRole("whole", collecting(bySelector));
    assert.deepEqual(found(part, clusterRole("whole", collecting(UNKNOWN as never))), [own("part"), unsure("whole")]);
    const unlabelled = clusterRole("part", { labels: UNKNOWN as never, rules: secrets });
    assert.deepEqual(found(unlabelled, whole), [own("part"), unsure("whole")]);
    const [, last] = found(clusterRole("part", { labels: shop, rules: UNKNOWN as never }), whole);
    assert.equal(last, unsure("whole"));
  });

  it("say what is known before what is not", () => {
    const maybe = clusterRole("maybe", { labels: UNKNOWN as never, rules: secrets });
    assert.deepEqual(found(maybe, part, clusterRole("whole", collecting(bySelector))).at(-1), got("whole", "part"));
  });

  it("are refused when there are too many to compare, in little time", () => {
    const of = (count: number, one: (index: number) => Manifest) => Array.from({ length: count }, (_, i) => one(i));
    const many = [
      ...of(2_000, (i) => clusterRole(`part-${i}`, { labels: { part: `${i}` }, rules: secrets })),
      ...of(2_000, (i) => clusterRole(`whole-${i}`, collecting({ matchLabels: { part: "none" } }))),
    ];
    const start = performance.now();
    const said = found(...many);
    assert.ok(performance.now() - start < 3_000);
    assert.equal(said.length, 4_000);
    assert.match(said.at(-1) ?? "", /^whole-1999: .*, got too many ClusterRoles to compare it with$/);
  });

  it("that others aggregate by Kubernetes' labels are roles like any other", () => {
    const labels = { "rbac.authorization.k8s.io/aggregate-to-view": "true" };
    assert.deepEqual(found(clusterRole("shop-view", { labels, rules: secrets })), [own("shop-view")]);
  });
});
