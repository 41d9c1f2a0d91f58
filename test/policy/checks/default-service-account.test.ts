import { defaultServiceAccount } from "../../../policy/checks/default-service-account";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { deployment, manifest, podSpec } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const binding = (name: unknown, kind = "ServiceAccount") =>
  manifest("rbac.authorization.k8s.io/v1", "RoleBinding", { subjects: [{ kind, name: name as string }] });
const account = (automountServiceAccountToken: boolean | null) =>
  manifest("v1", "ServiceAccount", { metadata: { name: "default" }, automountServiceAccountToken });
const tokenVolume: JsonObject = {
  name: "token",
  projected: { sources: [{ configMap: {} }, { serviceAccountToken: { path: "token" } }] },
};
const projected = (serviceAccountName: string | null) =>
  deployment(
    podSpec({
      serviceAccountName,
      volumes: [tokenVolume],
    }),
  );
const must = (got: string) => [`subjects[0].name must be a service account of its own, got ${got}`];
const noToken = (got: string) => [`automountServiceAccountToken must be false, got ${got}`];

ruleCases(defaultServiceAccount, "default-service-account", [
  ["passes a service account of its own", binding("web")],
  ["passes a user of that name", binding("default", "User")],
  ["fails rights of default", binding("default"), must('"default"')],
  [
    "fails its name as a user",
    binding("system:serviceaccount:apps:default", "User"),
    must('"system:serviceaccount:apps:default"'),
  ],
  ["passes the account without a token", account(false)],
  ["fails the account with one", account(true), noToken("true")],
  ["fails the account that does not say", account(null), noToken("unset")],
  ["passes a pod without a token", deployment()],
  ["passes a token of an account of its own", projected("web")],
  [
    "fails a token of default by way of a volume",
    projected(null),
    [
      "spec.template.spec.volumes[0].projected.sources[1].serviceAccountToken must be of a service account of its own, got a token of the service account default",
    ],
  ],
  [
    "cannot evaluate an unknown subject",
    binding(UNKNOWN),
    ["subjects[0].name cannot be evaluated, got a value unknown until deployment"],
  ],
  ["passes an account of its own with a token", manifest("v1", "ServiceAccount", { metadata: { name: "web" } })],
  ["passes another kind of that name", manifest("v1", "ConfigMap", { metadata: { name: "default" } })],
  [
    "passes subjects of what is no binding",
    manifest("example.com/v1", "Team", { subjects: [{ kind: "ServiceAccount", name: "default" }] }),
  ],
  [
    "cannot evaluate rights of an unknown kind",
    binding("default", UNKNOWN as never),
    ["subjects[0].name cannot be evaluated, got a value unknown until deployment"],
  ],
  [
    "passes a token of an account by its old field",
    deployment(podSpec({ serviceAccountName: null, serviceAccount: "web", volumes: [tokenVolume] })),
  ],
  [
    "fails a token of an account without a name, which is default",
    projected(""),
    [
      "spec.template.spec.volumes[0].projected.sources[1].serviceAccountToken must be of a service account of its own, got a token of the service account default",
    ],
  ],
]);
