import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { containersText, type FieldPath, podSecurityCheck, show } from "../contract/check";
import { distinct, quoted } from "../contract/go-text";

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

/** Every capability added beyond `permitted`, each once, as messages list them. */
export function addedBeyond(found: readonly CheckedContainer[], permitted: ReadonlySet<string>): string {
  const beyond: string[] = [];
  for (const { added } of found)
    for (const capability of added) if (!permitted.has(capability)) beyond.push(capability);
  return quoted(distinct(beyond));
}

/** Where a container adds capabilities beyond `permitted`. */
export function placesOfAdded({ name, path, added }: CheckedContainer, permitted: ReadonlySet<string>): FieldPath[] {
  return added.flatMap((capability, i) => {
    const field = `${path}.securityContext.capabilities.add[${i}]`;
    return permitted.has(capability) ? [] : [{ container: name, field, got: show(capability) }];
  });
}

function find(pod: CheckedPod) {
  const found = offenders(pod, isBad);
  if (found === null) return null;
  const values = addedBeyond(found, allowed);
  return {
    reason: "non-default capabilities",
    detail: `${containersText(found)} must not include ${values} in securityContext.capabilities.add`,
    places: () => found.flatMap((container) => placesOfAdded(container, allowed)),
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
