/** A signed request for system:masters is a login that cannot be taken back. The controller manager approves requests for the certificate of a node by
 *  itself, from whoever may create the subresources nodeclient and selfnodeclient: that is every node's login.
 *  Fields: rules of ClusterRole; forbidden: update, patch on certificatesigningrequests/approval, approve and sign on signers, create on
 *  certificatesigningrequests/nodeclient and …/selfnodeclient.
 *  Upstream: pkg/controller/certificates/approver/sarapprove.go. */
import { grantRule, rbacControls } from "../rules/rbac";

export const rbacCertificateApproval = grantRule(
  {
    id: "rbac-certificate-approval",
    severity: "critical",
    description: "No role approves certificate requests: an approver can make a client certificate for any user.",
    fix: "leave approval to the cluster's own controllers",
    controls: ["CIS 5.1.11", ...rbacControls],
  },
  [
    { group: "certificates.k8s.io", resources: ["certificatesigningrequests/approval"], verbs: ["update", "patch"] },
    { group: "certificates.k8s.io", resources: ["signers"], verbs: ["approve", "sign"] },
    {
      group: "certificates.k8s.io",
      resources: ["certificatesigningrequests/nodeclient", "certificatesigningrequests/selfnodeclient"],
      verbs: ["create"],
    },
  ],
);
