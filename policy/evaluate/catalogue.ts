/** All rules of the pack, in the order verdicts list them. */
import { admissionChangesObjects } from "../checks/admission-changes-objects";
import { autoscalerBounds } from "../checks/autoscaler-bounds";
import { autoscalerConflict } from "../checks/autoscaler-conflict";
import { chartLookup } from "../checks/chart-lookup";
import { defaultDenyPresent } from "../checks/default-deny-present";
import { defaultNamespaceUsed } from "../checks/default-namespace-used";
import { defaultServiceAccount } from "../checks/default-service-account";
import { deprecatedApiVersions } from "../checks/deprecated-api-versions";
import { disruptionBudget } from "../checks/disruption-budget";
import { disruptionBudgetSelectsNothing } from "../checks/disruption-budget-selects-nothing";
import { duplicateKey } from "../checks/duplicate-key";
import { exemptionExpired } from "../checks/exemption-expired";
import { exemptionUnused } from "../checks/exemption-unused";
import { exemptionUsed } from "../checks/exemption-used";
import { gitopsSource } from "../checks/gitops-source";
import { gitopsSourceAddress } from "../checks/gitops-source-address";
import { hostAccess } from "../checks/host-access";
import { hostAliases } from "../checks/host-aliases";
import { imageDigest } from "../checks/image-digest";
import { imageSignature } from "../checks/image-signature";
import { imageSignatureUnchecked } from "../checks/image-signature-unchecked";
import { imageTagForbidden } from "../checks/image-tag-forbidden";
import { ingressTls } from "../checks/ingress-tls";
import { jobBounds } from "../checks/job-bounds";
import { lineBreakHidden } from "../checks/line-break-hidden";
import { namespacePodSecurity } from "../checks/namespace-pod-security";
import { networkPolicySelectsNothing } from "../checks/network-policy-selects-nothing";
import { objectInCustomKind } from "../checks/object-in-custom-kind";
import { podFields } from "../checks/pod-fields";
import { podInCustomKind } from "../checks/pod-in-custom-kind";
import { probes } from "../checks/probes";
import { rbacApiExtension } from "../checks/rbac-api-extension";
import { rbacBroadSubjects } from "../checks/rbac-broad-subjects";
import { rbacCertificateApproval } from "../checks/rbac-certificate-approval";
import { rbacClusterAdmin } from "../checks/rbac-cluster-admin";
import { rbacEndpointsChange } from "../checks/rbac-endpoints-change";
import { rbacEscalation } from "../checks/rbac-escalation";
import { rbacNamespaceChange } from "../checks/rbac-namespace-change";
import { rbacNetworkProxy } from "../checks/rbac-network-proxy";
import { rbacNodeChange } from "../checks/rbac-node-change";
import { rbacNodeProxy } from "../checks/rbac-node-proxy";
import { rbacPersistentVolumes } from "../checks/rbac-persistent-volumes";
import { rbacPodCreation } from "../checks/rbac-pod-creation";
import { rbacSecretsAccess } from "../checks/rbac-secrets-access";
import { rbacTokenCreation } from "../checks/rbac-token-creation";
import { rbacWebhookConfiguration } from "../checks/rbac-webhook-configuration";
import { rbacWildcards } from "../checks/rbac-wildcards";
import { rbacWorkloadCreation } from "../checks/rbac-workload-creation";
import { readOnlyRootFilesystem } from "../checks/read-only-root-filesystem";
import { recommendedLabels } from "../checks/recommended-labels";
import { registryAllowList } from "../checks/registry-allow-list";
import { releaseRenders } from "../checks/release-renders";
import { removedApiVersions } from "../checks/removed-api-versions";
import { replicasFixedWithAutoscaler } from "../checks/replicas-fixed-with-autoscaler";
import { resources } from "../checks/resources";
import { resourcesUnseen } from "../checks/resources-unseen";
import { runAsUserNumeric } from "../checks/run-as-user-numeric";
import { scanReport } from "../checks/scan-report";
import { secretInValues } from "../checks/secret-in-values";
import { selectorOverlap } from "../checks/selector-overlap";
import { serviceAccountToken } from "../checks/service-account-token";
import { serviceExternalIps } from "../checks/service-external-ips";
import { serviceSelectsNothing } from "../checks/service-selects-nothing";
import { serviceType } from "../checks/service-type";
import { topologySpread } from "../checks/topology-spread";
import { writableTmp } from "../checks/writable-tmp";
import type { Finding } from "../contract";
import { messageWith } from "../message";
import type { PodSecurityCheck } from "../pod-security/contract/check";
import { podSecurityControls } from "../pod-security/controls";
import { podSecurityChecks } from "../pod-security/registry";
import type { ObjectRule, Rule, RuleInfo } from "../rules/rule";
import { enforcementOf } from "./profiles";

/** Rules about objects as they are deployed. */
const direct: readonly ObjectRule[] = [
  readOnlyRootFilesystem,
  writableTmp,
  runAsUserNumeric,
  imageDigest,
  imageSignature,
  imageSignatureUnchecked,
  resources,
  serviceAccountToken,
  jobBounds,
  secretInValues,
  lineBreakHidden,
  duplicateKey,
  chartLookup,
  gitopsSource,
  gitopsSourceAddress,
  admissionChangesObjects,
  podInCustomKind,
  registryAllowList,
  imageTagForbidden,
  scanReport,
  probes,
  hostAccess,
  hostAliases,
  defaultServiceAccount,
  rbacWildcards,
  rbacClusterAdmin,
  rbacBroadSubjects,
  rbacEscalation,
  rbacSecretsAccess,
  rbacPodCreation,
  rbacWorkloadCreation,
  rbacPersistentVolumes,
  rbacNamespaceChange,
  rbacNodeChange,
  rbacNodeProxy,
  rbacNetworkProxy,
  rbacEndpointsChange,
  rbacCertificateApproval,
  rbacWebhookConfiguration,
  rbacApiExtension,
  rbacTokenCreation,
  defaultDenyPresent,
  networkPolicySelectsNothing,
  ingressTls,
  serviceType,
  serviceExternalIps,
  serviceSelectsNothing,
  selectorOverlap,
  disruptionBudget,
  disruptionBudgetSelectsNothing,
  topologySpread,
  autoscalerBounds,
  autoscalerConflict,
  replicasFixedWithAutoscaler,
  removedApiVersions,
  deprecatedApiVersions,
  namespacePodSecurity,
  defaultNamespaceUsed,
  recommendedLabels,
];

/** Rules about objects, beyond Pod Security. */
export const objectRules: readonly ObjectRule[] = direct.flatMap((rule) =>
  rule === podInCustomKind ? [rule, objectInCustomKind(direct.map(enforced))] : [rule],
);

/** All rules, in the order in which `explain`, the documentation and CrossGuard list them. */
export const rules: readonly Rule[] = [
  releaseRenders,
  podFields,
  ...podSecurityChecks.map(podSecurityRule),
  ...objectRules,
  resourcesUnseen,
  exemptionExpired,
  exemptionUnused,
  exemptionUsed,
].map(enforced);

const byId = new Map(rules.map((rule) => [rule.id, rule]));

/** The rule of an id. Throws when there is none: an id without a rule is a mistake in the pack. */
export function ruleOf(id: string): Rule {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`no rule ${id} in policy/evaluate/catalogue.ts`);
  return found;
}

/** A finding as a message, with the controls that its rule covers. */
export const saidOf = (finding: Finding): string => messageWith(finding, ruleOf(finding.rule).controls);

function enforced<Info extends RuleInfo>(rule: Info): Info & Rule {
  const { across, controls, ...rest } = rule;
  const last = { ...(across !== undefined && { across }), controls }; // in the order `explain --json` has them
  return { ...rest, enforcement: enforcementOf(rule.id), ...last } as Info & Rule;
}

function podSecurityRule(check: PodSecurityCheck): RuleInfo {
  return {
    id: check.id,
    severity: check.severity,
    description: check.title,
    why: check.why,
    fix: check.fix,
    controls: [`PSS ${check.level}`, "MR-33", "MR-54", ...podSecurityControls(check.id)],
  };
}
