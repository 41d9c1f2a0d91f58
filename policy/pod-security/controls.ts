/** Controls of other catalogues that a Pod Security check covers: CIS Kubernetes Benchmark 1.12 and the chapter of the NSA/CISA hardening guide. */

const nsa = "NSA/CISA Pod security";

const controls: Readonly<Record<string, readonly string[]>> = {
  privileged: ["CIS 5.2.2"],
  "host-namespaces": ["CIS 5.2.3", "CIS 5.2.4", "CIS 5.2.5"],
  "allow-privilege-escalation": ["CIS 5.2.6"],
  "run-as-non-root": ["CIS 5.2.7"],
  "run-as-user": ["CIS 5.2.7"],
  "capabilities-restricted": ["CIS 5.2.8", "CIS 5.2.9"],
  "windows-host-process": ["CIS 5.2.10"],
  "host-path-volumes": ["CIS 5.2.11"],
  "restricted-volumes": ["CIS 5.2.11"],
  "host-ports": ["CIS 5.2.12"],
  "seccomp-profile-baseline": ["CIS 5.6.2"],
  "seccomp-profile-restricted": ["CIS 5.6.2"],
};

/** Ids beside those of the standard itself. */
export function podSecurityControls(check: string): readonly string[] {
  return [...(controls[check] ?? ["CIS 5.6.3"]), "CIS 5.2.1", nsa];
}
