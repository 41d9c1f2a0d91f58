import { rbacBroadSubjects } from "../../../policy/checks/rbac-broad-subjects";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { manifest } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const binding = (kind: string, name: unknown) =>
  manifest("rbac.authorization.k8s.io/v1", "RoleBinding", { subjects: [{ kind, name: name as string }] });
const must = (got: string) => [`subjects[0].name must be one user, group or service account, got ${got}`];

ruleCases(rbacBroadSubjects, "rbac-broad-subjects", [
  ["passes a service account", binding("ServiceAccount", "web")],
  ["passes a service account that only sounds like it", binding("ServiceAccount", "system:masters")],
  ["passes a group of people", binding("Group", "oncall")],
  ["fails system:masters", binding("Group", "system:masters"), must('"system:masters"')],
  ["fails everyone without login", binding("User", "system:anonymous"), must('"system:anonymous"')],
  ["fails everyone with one", binding("Group", "system:authenticated"), must('"system:authenticated"')],
  ["fails whoever has none", binding("Group", "system:unauthenticated"), must('"system:unauthenticated"')],
  ["fails every pod", binding("Group", "system:serviceaccounts"), must('"system:serviceaccounts"')],
  [
    "fails every pod of a namespace",
    binding("Group", "system:serviceaccounts:apps"),
    must('"system:serviceaccounts:apps"'),
  ],
  ["fails every kubelet", binding("Group", "system:nodes"), must('"system:nodes"')],
  ["fails whoever may join a node", binding("Group", "system:bootstrappers"), must('"system:bootstrappers"')],
  [
    "fails whoever may join one with a token of kubeadm",
    binding("Group", "system:bootstrappers:kubeadm:default-node-token"),
    must('"system:bootstrappers:kubeadm:default-node-token"'),
  ],
  ["passes one service account as a user", binding("User", "system:serviceaccount:apps:web")],
  ["passes what is no binding", manifest("v1", "ConfigMap", { subjects: [{ name: "system:masters" }] })],
  [
    "cannot evaluate an unknown group",
    binding("Group", UNKNOWN),
    ["subjects[0].name cannot be evaluated, got a value unknown until deployment"],
  ],
]);
