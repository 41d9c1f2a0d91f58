import { strict as assert } from "node:assert";
import { serviceAccountToken, tokenReason } from "../../../policy/checks/service-account-token";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { deployment, manifest, podSpec } from "../support/pod";
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
    [bringing(undefined), bringing("https://kubernetes.default.svc")],
    ["unset", '"https://kubernetes.default.svc"'].map(
      (got) => `${audience} must be somebody other than the API server, got ${got}`,
    ),
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
