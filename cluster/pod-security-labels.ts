/** The six Pod Security labels of a restricted namespace: enforce at the pinned version, audit and warn at latest. */
export function podSecurityLabels(version: string): Record<string, string> {
  const prefix = "pod-security.kubernetes.io/";
  return {
    [`${prefix}enforce`]: "restricted",
    [`${prefix}enforce-version`]: version,
    [`${prefix}audit`]: "restricted",
    [`${prefix}audit-version`]: "latest",
    [`${prefix}warn`]: "restricted",
    [`${prefix}warn-version`]: "latest",
  };
}
