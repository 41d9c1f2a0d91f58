import { strict as assert } from "node:assert";
import { serviceAccountToken, tokenReason } from "../../../policy/checks/service-account-token";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { policySettings } from "../../../policy/settings/settings-schema";
import { hook } from "../support/objects";
import { deployment, manifest, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const token = (value: boolean | null, account = "") =>
  podSpec({ automountServiceAccountToken: value, ...(account && { serviceAccountName: account }) });
const account = (name: string, rest = {}) => ({
  object: {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, ...rest },
    automountServiceAccountToken: false,
  },
});
const job = (name: string) => ({
  object: {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: { template: { spec: podSpec({ automountServiceAccountToken: null, serviceAccountName: name }) } },
  },
});
const must = (got: string) => [`spec.template.spec.automountServiceAccountToken must be false, got ${got}`];
const reason = { [tokenReason]: "watches its own Jobs" };

const audience = "spec.template.spec.volumes[0].projected.sources[0].serviceAccountToken.audience";
const bringing = (to: unknown, annotations = {}) =>
  deployment(
    podSpec({
      automountServiceAccountToken: false,
      serviceAccountName: "web",
      volumes: [
        { name: "token", projected: { sources: [{ serviceAccountToken: { path: "t", audience: to as string } }] } },
      ],
    }),
    annotations,
  );

ruleCases(serviceAccountToken, "service-account-token", [
  ["passes false", deployment(token(false))],
  ["passes a service account that says false", [deployment(token(null, "web")), account("web")]],
  ["passes a declared reason with an account of its own", deployment(token(true, "web"), reason)],
  ["passes objects without pods", manifest("v1", "ServiceAccount")],
  ["fails unset", deployment(token(null)), must("unset")],
  ["fails true", deployment(token(true, "web")), must("true")],
  [
    "fails true although the service account says false: the pod wins",
    [deployment(token(true, "web")), account("web")],
    must("true"),
  ],
  ["fails a reason with the account everyone shares", deployment(token(true), reason), must("true")],
  [
    "fails a token out of a volume, although none is mounted by itself",
    [undefined, "https://kubernetes.default.svc", "k3s", "https://container.googleapis.com/v1/projects/p"].map((to) =>
      bringing(to),
    ),
    [
      "unset",
      ...["https://kubernetes.default.svc", "k3s", "https://container.googleapis.com/v1/projects/p"].map(
        (to) => `"${to}"`,
      ),
    ].map((got) => `${audience} must be one of <project>:policy.tokenAudiences, got ${got}`),
  ],
  ["passes one for somebody else, and one that says why", [bringing("vault"), bringing(undefined, reason)]],
  [
    "cannot evaluate one for nobody knows whom",
    bringing(UNKNOWN),
    [`${audience} cannot be evaluated, got a value unknown until deployment`],
  ],
  [
    "fails a Secret with a token that never ends",
    [
      manifest("v1", "Secret", { type: "kubernetes.io/service-account-token" }),
      manifest("v1", "Secret", { type: "Opaque" }),
    ],
    [
      'type must be another one: a token that is mounted ends, this one does not, got "kubernetes.io/service-account-token"',
    ],
  ],
  [
    "fails when the account that says false is there for a test only",
    [deployment(token(null, "web")), hook(account("web"), "test")],
    must("unset"),
  ],
  [
    "passes a hook whose account is made with it, and fails one whose account comes later",
    [
      hook(job("setup"), "pre-install,pre-upgrade"),
      hook(account("setup"), "pre-install,pre-upgrade", "-5"),
      hook(job("late"), "pre-install,pre-upgrade"),
      hook(account("late"), "pre-install,pre-upgrade", "5"),
    ],
    must("unset"),
  ],
  [
    "fails when what says false is another maker's ServiceAccount",
    [deployment(token(null, "web")), { object: { ...account("web").object, apiVersion: "example.com/v1" } }],
    must("unset"),
  ],
  ["fails an empty reason", deployment(token(true, "web"), { [tokenReason]: " " }), must("true")],
  [
    "fails a reason of less than ten characters",
    deployment(token(true, "web"), { [tokenReason]: "needs it" }),
    must("true"),
  ],
  ["fails when only another account says false", [deployment(token(null, "web")), account("api")], must("unset")],
  [
    "fails when only another namespace's account says false",
    [deployment(token(null, "web")), account("web", { namespace: "other" })],
    must("unset"),
  ],
  [
    "passes the account by its old field",
    [deployment(podSpec({ automountServiceAccountToken: null, serviceAccount: "web" })), account("web")],
  ],
  [
    "takes the account of the pod's own namespace",
    [
      { object: { ...deployment(token(null, "web")).object, metadata: { name: "web", namespace: "other" } } },
      account("web", { namespace: "other" }),
    ],
  ],
]);

it("the annotation that declares a token keeps its name", () =>
  assert.equal(tokenReason, "hardened.pulumi/service-account-token"));

ruleCases(
  serviceAccountToken,
  "service-account-token",
  [
    ["passes an audience of the settings", bringing("ci.example.com")],
    [
      "fails one that is none of them",
      bringing("vault"),
      [`${audience} must be one of <project>:policy.tokenAudiences, got "vault"`],
    ],
  ],
  { ...prod, settings: policySettings.parse({ tokenAudiences: ["ci.example.com"] }) },
);
