import { strict as assert } from "node:assert";
import { runAsUserNumeric } from "../../../policy/checks/run-as-user-numeric";
import type { Json } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { messageOf } from "../../../policy/message";
import { container, deployment, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const users = (pod: unknown, own: unknown) =>
  deployment(
    podSpec({
      securityContext: pod === undefined ? {} : { runAsUser: pod as Json },
      containers: [container({ securityContext: own === undefined ? {} : { runAsUser: own as Json } })],
    }),
  );
const must = (got: string) => [
  `container "web": securityContext.runAsUser must be a number above 0, here or at the pod, got ${got}`,
];
/** What the pod says is told with the pod's field. */
const podMust = (got: string) => [
  `container "web": spec.template.spec.securityContext.runAsUser must be a number above 0, got ${got}`,
];

ruleCases(runAsUserNumeric, "run-as-user-numeric", [
  ["passes a user of the container", users(undefined, 10001)],
  ["passes a user of the pod", users(10001, undefined)],
  ["passes a pod for Windows", deployment(podSpec({ os: { name: "windows" }, containers: [{ name: "web" }] }))],
  ["fails no user at all", users(undefined, undefined), must("unset")],
  ["fails root", users(undefined, 0), must("0")],
  ["fails root of the pod, at the pod", users(0, undefined), podMust("0")],
  [
    "fails root of the pod for each container that takes it over",
    deployment(
      podSpec({
        securityContext: { runAsUser: 0 },
        containers: [container({ securityContext: {} }), container({ name: "own" })],
        initContainers: [container({ name: "init", securityContext: {} })],
      }),
    ),
    ["init", "web"].map((name) => podMust("0").join().replace("web", name)),
  ],
  [
    "cannot evaluate an unknown user of the pod",
    users(UNKNOWN, undefined),
    [
      'container "web": spec.template.spec.securityContext.runAsUser cannot be evaluated, got a value unknown until deployment',
    ],
  ],
  ["fails root at the container although the pod has a user", users(10001, 0), must("0")],
  ["fails a user by name", users("app", undefined), podMust('"app"')],
  ["fails less than nobody", users(-1, undefined), podMust("-1")],
  ["fails more than there are", users(2147483648, undefined), podMust("2147483648")],
  ["passes the last there is", users(2147483647, undefined)],
  ["fails a broken number", users(1.5, undefined), podMust("1.5")],
  [
    "cannot evaluate an unknown user",
    users(10001, UNKNOWN),
    ['container "web": securityContext.runAsUser cannot be evaluated, got a value unknown until deployment'],
  ],
  ["passes the user 1", deployment(podSpec({ securityContext: { runAsUser: 1 } }))],
]);

it("run-as-user-numeric names the kubelet's error, so that who has met it finds the rule", () => {
  const [finding] = runAsUserNumeric.check([users(undefined, undefined)], prod);
  assert.ok(finding);
  assert.match(messageOf(finding), /image has non-numeric user, cannot verify user is non-root/);
});

describe("run-as-user-numeric on OpenShift, which gives every pod a user of its namespace", () => {
  const openshift = ["security.openshift.io/v1"];
  const found = (object: ReturnType<typeof users>, more: object) =>
    runAsUserNumeric.check([object], { ...prod, ...more }).length;

  it("passes no user, whether the cluster said what it serves or the stack did", () => {
    assert.equal(found(users(undefined, undefined), { apiVersions: openshift }), 0);
    assert.equal(found(users(undefined, undefined), { served: ["v1", ...openshift] }), 0);
    assert.equal(found(users(undefined, undefined), { served: ["v1", "route.openshift.io/v1"] }), 1);
  });

  it("fails root, a name and what is not known all the same", () => {
    for (const user of [0, "app", UNKNOWN])
      for (const place of [users(user, undefined), users(undefined, user)])
        assert.equal(found(place, { served: openshift }), 1, String(user));
  });
});
