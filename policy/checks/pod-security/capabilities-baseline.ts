import { containersText, podSecurityCheck, show } from "../../pod-security/check";
import { distinct, quoted } from "../../pod-security/go-text";
import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { type Offender, offenders } from "../../pods/pod-visitor";

/** What container runtimes grant by default, without NET_RAW. Case matters; the `CAP_` prefix is not understood. */
const allowed: ReadonlySet<string> = new Set([
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
]);

function isBad(container: CheckedContainer): boolean {
  const { added } = container;
  for (let i = 0; i < added.length; i++) if (!allowed.has(added[i] ?? "")) return true;
  return false;
}

/** Every capability added beyond `permitted`, with its container and place. */
export function addedBeyond(found: readonly Offender[], permitted: ReadonlySet<string>) {
  return found.flatMap((container) =>
    (container.source.securityContext?.capabilities?.add ?? []).flatMap((capability, i) =>
      permitted.has(capability) ? [] : [{ container, capability, i }],
    ),
  );
}

function find(pod: CheckedPod) {
  const found = offenders(pod, isBad);
  if (found === null) return null;
  const added = addedBeyond(found, allowed);
  const values = quoted(distinct(added.map(({ capability }) => capability)));
  return {
    reason: "non-default capabilities",
    detail: `${containersText(found)} must not include ${values} in securityContext.capabilities.add`,
    places: () => added.map(({ container, capability, field }) => ({ container, field, got: show(capability) })),
  };
}

/** Only capabilities a container has by default may be added, and NET_RAW is not one of them.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].securityContext.capabilities.add; allowed: the list above.
 *  Upstream: policy/check_capabilities_baseline.go. */
export const capabilitiesBaseline = podSecurityCheck({
  id: "capabilities-baseline",
  upstream: "capabilities_baseline",
  level: "baseline",
  severity: "high",
  title: "Only default capabilities may be added.",
  why: "Each capability beyond the default ones is a part of root's power over the node, SYS_ADMIN nearly all of it.",
  want: `one of ${[...allowed].join(", ")}`,
  fix: "remove it from securityContext.capabilities.add",
  versions: [{ since: "v1.0", find }],
});
