import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { containersText, type FieldPath, placesOf, podSecurityCheck } from "../contract/check";
import { addedBeyond, placesOfAdded } from "./capabilities-baseline";

const allowed: ReadonlySet<string> = new Set(["NET_BIND_SERVICE"]);

function keepsSome(container: CheckedContainer): boolean {
  const { dropped } = container;
  for (let i = 0; i < dropped.length; i++) if (dropped[i] === "ALL") return false;
  return true;
}

function addsForbidden(container: CheckedContainer): boolean {
  const { added } = container;
  for (let i = 0; i < added.length; i++) if (added[i] !== "NET_BIND_SERVICE") return true;
  return false;
}

function placesOfForbidden(container: CheckedContainer): FieldPath[] {
  return placesOfAdded(container, allowed).map((place) => ({
    ...place,
    want: "NET_BIND_SERVICE or nothing",
    fix: "remove it from securityContext.capabilities.add",
  }));
}

function find(pod: CheckedPod) {
  const keeping = offenders(pod, keepsSome);
  const adding = offenders(pod, addsForbidden);
  if (keeping === null && adding === null) return null;

  const details: string[] = [];
  if (keeping) details.push(`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding) {
    const values = addedBeyond(adding, allowed);
    details.push(`${containersText(adding)} must not include ${values} in securityContext.capabilities.add`);
  }
  return {
    reason: "unrestricted capabilities",
    detail: details.join("; "),
    places: () => [
      ...placesOf(keeping, "securityContext.capabilities.drop"),
      ...(adding ?? []).flatMap(placesOfForbidden),
    ],
  };
}

/** Containers give up every capability and may take back only NET_BIND_SERVICE.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].securityContext.capabilities.drop; must have ALL.
 *  And .add; allowed: NET_BIND_SERVICE. Upstream: policy/check_capabilities_restricted.go; Windows pods exempt since 1.25 (KEP-2802). */
export const capabilitiesRestricted = podSecurityCheck({
  id: "capabilities-restricted",
  upstream: "capabilities_restricted",
  level: "restricted",
  severity: "high",
  title: "Containers must drop all capabilities and add none but NET_BIND_SERVICE.",
  why: "Even the default capabilities let a process change owners, bind any port and forge packets, which an attacker builds on.",
  want: '["ALL"]',
  fix: 'set securityContext.capabilities.drop: ["ALL"]',
  overrides: "capabilities-baseline",
  versions: [
    { since: "v1.22", find },
    { since: "v1.25", find: (pod) => (pod.isWindows ? null : find(pod)) },
  ],
});
