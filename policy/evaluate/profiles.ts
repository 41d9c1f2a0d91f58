/** How strict each rule is in each environment: one table for all of them. A rule that is not in it is a mistake in the pack. */
import type { Enforcement, Profile } from "../rules/rule";

/** The environments a stack can be, from the most lenient to the strictest. */
export const profiles = ["dev", "staging", "prod"] as const satisfies readonly Profile[];

type Levels = readonly [dev: Enforcement, staging: Enforcement, prod: Enforcement];

/** By the rule's id, in the order of the catalogue: dev, staging, prod. */
export const levels: Readonly<Record<string, Levels>> = {
  "release-renders": ["mandatory", "mandatory", "mandatory"],
  "pod-fields": ["mandatory", "mandatory", "mandatory"],
  "app-armor-profile": ["mandatory", "mandatory", "mandatory"],
  "capabilities-baseline": ["mandatory", "mandatory", "mandatory"],
  "host-namespaces": ["mandatory", "mandatory", "mandatory"],
  "host-path-volumes": ["mandatory", "mandatory", "mandatory"],
  "host-ports": ["mandatory", "mandatory", "mandatory"],
  "host-probes-and-host-lifecycle": ["mandatory", "mandatory", "mandatory"],
  privileged: ["mandatory", "mandatory", "mandatory"],
  "proc-mount": ["mandatory", "mandatory", "mandatory"],
  "se-linux-options": ["mandatory", "mandatory", "mandatory"],
  "seccomp-profile-baseline": ["mandatory", "mandatory", "mandatory"],
  sysctls: ["mandatory", "mandatory", "mandatory"],
  "windows-host-process": ["mandatory", "mandatory", "mandatory"],
  "allow-privilege-escalation": ["mandatory", "mandatory", "mandatory"],
  "capabilities-restricted": ["mandatory", "mandatory", "mandatory"],
  "proc-mount-restricted": ["mandatory", "mandatory", "mandatory"],
  "restricted-volumes": ["mandatory", "mandatory", "mandatory"],
  "run-as-non-root": ["mandatory", "mandatory", "mandatory"],
  "run-as-user": ["mandatory", "mandatory", "mandatory"],
  "seccomp-profile-restricted": ["mandatory", "mandatory", "mandatory"],
  "read-only-root-filesystem": ["mandatory", "mandatory", "mandatory"],
  "writable-tmp": ["advisory", "advisory", "advisory"],
  "run-as-user-numeric": ["mandatory", "mandatory", "mandatory"],
  "image-digest": ["advisory", "mandatory", "mandatory"],
  "image-signature": ["mandatory", "mandatory", "mandatory"],
  "image-signature-unchecked": ["advisory", "advisory", "advisory"],
  resources: ["advisory", "mandatory", "mandatory"],
  "service-account-token": ["mandatory", "mandatory", "mandatory"],
  "job-bounds": ["mandatory", "mandatory", "mandatory"],
  "secret-in-values": ["mandatory", "mandatory", "mandatory"],
  "line-break-hidden": ["mandatory", "mandatory", "mandatory"],
  "duplicate-key": ["advisory", "advisory", "advisory"],
  "chart-lookup": ["advisory", "mandatory", "mandatory"],
  "gitops-source": ["advisory", "mandatory", "mandatory"],
  "gitops-source-address": ["mandatory", "mandatory", "mandatory"],
  "admission-changes-objects": ["advisory", "advisory", "advisory"],
  "pod-in-custom-kind": ["advisory", "advisory", "advisory"],
  "object-in-custom-kind": ["advisory", "advisory", "advisory"],
  "registry-allow-list": ["mandatory", "mandatory", "mandatory"],
  "image-tag-forbidden": ["advisory", "mandatory", "mandatory"],
  "scan-report": ["advisory", "mandatory", "mandatory"],
  probes: ["advisory", "mandatory", "mandatory"],
  "host-access": ["mandatory", "mandatory", "mandatory"],
  "host-aliases": ["advisory", "advisory", "advisory"],
  "default-service-account": ["mandatory", "mandatory", "mandatory"],
  // Broad grants are shown in dev and refused elsewhere.
  "rbac-wildcards": ["advisory", "mandatory", "mandatory"],
  "rbac-cluster-admin": ["mandatory", "mandatory", "mandatory"],
  "rbac-broad-subjects": ["mandatory", "mandatory", "mandatory"],
  "rbac-escalation": ["advisory", "mandatory", "mandatory"],
  "rbac-secrets-access": ["advisory", "mandatory", "mandatory"],
  "rbac-pod-creation": ["advisory", "mandatory", "mandatory"],
  "rbac-workload-creation": ["advisory", "mandatory", "mandatory"],
  "rbac-persistent-volumes": ["advisory", "mandatory", "mandatory"],
  "rbac-namespace-change": ["advisory", "mandatory", "mandatory"],
  "rbac-node-change": ["advisory", "mandatory", "mandatory"],
  "rbac-node-proxy": ["advisory", "mandatory", "mandatory"],
  "rbac-network-proxy": ["advisory", "mandatory", "mandatory"],
  "rbac-certificate-approval": ["advisory", "mandatory", "mandatory"],
  "rbac-webhook-configuration": ["advisory", "mandatory", "mandatory"],
  "rbac-api-extension": ["advisory", "mandatory", "mandatory"],
  "rbac-token-creation": ["advisory", "mandatory", "mandatory"],
  "default-deny-present": ["advisory", "mandatory", "mandatory"],
  "network-policy-selects-nothing": ["advisory", "mandatory", "mandatory"],
  "ingress-tls": ["advisory", "mandatory", "mandatory"],
  "service-type": ["advisory", "advisory", "advisory"],
  "service-selects-nothing": ["advisory", "mandatory", "mandatory"],
  "selector-overlap": ["advisory", "mandatory", "mandatory"],
  "disruption-budget": ["advisory", "mandatory", "mandatory"],
  "disruption-budget-selects-nothing": ["advisory", "mandatory", "mandatory"],
  "topology-spread": ["advisory", "advisory", "mandatory"],
  "autoscaler-bounds": ["advisory", "mandatory", "mandatory"],
  "autoscaler-conflict": ["mandatory", "mandatory", "mandatory"],
  "replicas-fixed-with-autoscaler": ["advisory", "mandatory", "mandatory"],
  "removed-api-versions": ["mandatory", "mandatory", "mandatory"],
  "deprecated-api-versions": ["advisory", "advisory", "advisory"],
  "namespace-pod-security": ["mandatory", "mandatory", "mandatory"],
  "default-namespace-used": ["advisory", "mandatory", "mandatory"],
  "recommended-labels": ["advisory", "advisory", "advisory"],
  "exemption-expired": ["mandatory", "mandatory", "mandatory"],
  "exemption-unused": ["advisory", "advisory", "advisory"],
  "exemption-used": ["advisory", "advisory", "advisory"],
};

/** How strict a rule is in each profile. Throws when the table has none of that id. */
export function enforcementOf(id: string): Readonly<Record<Profile, Enforcement>> {
  const own = levels[id];
  if (own === undefined) throw new Error(`no rule ${id} in policy/evaluate/profiles.ts`);
  const [dev, staging, prod] = own;
  return { dev, staging, prod };
}
