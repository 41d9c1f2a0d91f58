/** Findings and reports that the formats are tried with. */
import type { Finding } from "../../../policy/contract";
import type { Report } from "../../../policy/report/report";

export const hostile = `<script>alert("x")</script> | & ' \u0007`;

export const privileged: Finding = {
  rule: "privileged",
  severity: "critical",
  object: { apiVersion: "apps/v1", kind: "Deployment", name: "api", namespace: "shop" },
  containers: ["api"],
  field: "spec.template.spec.containers[0].securityContext.privileged",
  got: "true",
  want: "false or unset",
  fix: "remove securityContext.privileged",
  file: "api/templates/deployment.yaml",
  line: 21,
  outcome: "fail",
};
export const advice: Finding = {
  ...privileged,
  rule: "writable-tmp",
  severity: "low",
  got: hostile,
  want: "an emptyDir at /tmp",
};

export const report = (findings: readonly Finding[], unjudged: Report["unjudged"] = []): Report => ({
  target: "prod",
  profile: "prod",
  units: [{ name: "shop/api", verdict: { findings, objects: 2, pods: 1 } }],
  unjudged,
});
export const mixed = report([advice, privileged]);
