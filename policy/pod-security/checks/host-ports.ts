import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import { offenders } from "../../pods/pod-visitor";
import { containersText, type FieldPath, podSecurityCheck } from "../contract/check";
import { distinct, plural } from "../contract/go-text";

function isBad(container: CheckedContainer): boolean {
  const { ports } = container;
  for (let i = 0; i < ports.length; i++) if ((ports[i]?.hostPort ?? 0) !== 0) return true;
  return false;
}

function placesIn({ name, path, ports }: CheckedContainer): FieldPath[] {
  return ports.flatMap(({ hostPort = 0 }, i) =>
    hostPort === 0 ? [] : [{ container: name, field: `${path}.ports[${i}].hostPort`, got: String(hostPort) }],
  );
}

function find(pod: CheckedPod) {
  const found = offenders(pod, isBad);
  if (found === null) return null;
  const used: string[] = [];
  for (const { ports } of found) for (const { hostPort = 0 } of ports) if (hostPort !== 0) used.push(String(hostPort));
  const values = distinct(used);
  const uses = plural(found.length, "uses", "use");
  return {
    reason: "hostPort",
    detail: `${containersText(found)} ${uses} ${plural(values.length, "hostPort", "hostPorts")} ${values.join(", ")}`,
    places: () => found.flatMap(placesIn),
  };
}

/** A container must not take a port of its host.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].ports[*].hostPort; allowed: 0, unset.
 *  Upstream: policy/check_hostPorts.go. */
export const hostPorts = podSecurityCheck({
  id: "host-ports",
  upstream: "hostPorts",
  level: "baseline",
  severity: "high",
  title: "Host ports are forbidden.",
  why: "A port of the node is reachable past Services and network policies, and two such pods cannot share a node.",
  want: "0 or unset",
  fix: "remove hostPort and expose the pod by a Service",
  versions: [{ since: "v1.0", find }],
});
