import { containersText, type Place, podSecurityCheck, show } from "../../pod-security/check";
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

interface Added {
  readonly container: Offender;
  readonly capability: string;
  /** Its index in the list of its container. */
  readonly i: number;
}

/** Every capability added beyond `permitted`. */
export function addedBeyond(found: readonly Offender[], permitted: ReadonlySet<string>): Added[] {
  return found.flatMap((container) =>
    (container.source.securityContext?.capabilities?.add ?? []).flatMap((capability, i) =>
      permitted.has(capability) ? [] : [{ container, capability, i }],
    ),
  );
}

/** Where a capability is added. */
export function placeOfAdded({ container, capability, i }: Added): Place {
  const field = `${container.path}.securityContext.capabilities.add[${i}]`;
  return { container: container.name, field, got: show(capability) };
}

function find(pod: CheckedPod) {
  const found = offenders(pod, isBad);
  if (found === null) return null;
  const added = addedBeyond(found, allowed);
  const values = quoted(distinct(added.map(({ capability }) => capability)));
  return {
    reason: "non-default capabilities",
    detail: `${containersText(found)} must not include ${values} in securityContext.capabilities.add`,
    places: () => added.map(placeOfAdded),
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
