import { rbacCertificateApproval } from "../../../policy/checks/rbac-certificate-approval";
import { role, rolesInCommon, rule } from "../support/rbac-cases";
import { ruleCases } from "../support/rule-cases";

const must = (got: string) => [
  `rules[0] must be without update, patch on certificatesigningrequests/approval and approve, sign on signers and create on certificatesigningrequests/nodeclient, certificatesigningrequests/selfnodeclient, got ${got}`,
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
  [
    "fails what has a node's certificate approved by itself",
    role(rule("certificates.k8s.io", ["certificatesigningrequests/nodeclient"], ["create"]), "ClusterRole"),
    must("create on certificatesigningrequests/nodeclient"),
  ],
  ...rolesInCommon("certificates.k8s.io", "signers"),
]);
