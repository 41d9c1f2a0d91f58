import { rbacCertificateApproval } from "../../../policy/checks/rbac-certificate-approval";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const role = (rule: Json, kind = "Role") => manifest("rbac.authorization.k8s.io/v1", kind, { rules: [rule] });
const rule = (group: string, resources: Json, verbs: Json, rest: JsonObject = {}) => ({
  apiGroups: [group],
  resources,
  verbs,
  ...rest,
});
const must = (got: string) => [
  `rules[0] must be without update, patch on certificatesigningrequests/approval and approve, sign on signers, got ${got}`,
];

ruleCases(rbacCertificateApproval, "rbac-certificate-approval", [
  [
    "passes asking for a certificate",
    role(rule("certificates.k8s.io", ["certificatesigningrequests"], ["create", "get"]), "ClusterRole"),
  ],
  [
    "fails approval",
    role(rule("certificates.k8s.io", ["certificatesigningrequests/approval"], ["update"]), "ClusterRole"),
    must("update on certificatesigningrequests/approval"),
  ],
  [
    "fails signing",
    role(rule("certificates.k8s.io", ["signers"], ["approve", "sign"]), "ClusterRole"),
    must("approve, sign on signers"),
  ],
  ["passes what is no role", manifest("v1", "ConfigMap", { rules: [rule("*", ["*"], ["*"])] })],
  [
    "cannot judge an unknown rule",
    role(UNKNOWN as never),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
  [
    "cannot judge unknown verbs",
    role(rule("certificates.k8s.io", ["signers"], UNKNOWN as never)),
    ["rules[0] cannot be judged, got a value unknown until deployment"],
  ],
]);
