import type { CheckedPod } from "../../pods/checked-pod";
import { placeOf, podSecurityCheck } from "../contract/check";

const fields = ["hostNetwork", "hostPID", "hostIPC"] as const;

function find(pod: CheckedPod) {
  if (!pod.hostNetwork && !pod.hostPID && !pod.hostIPC) return null;
  const shared = fields.filter((field) => pod[field]);
  return {
    reason: "host namespaces",
    detail: shared.map((field) => `${field}=true`).join(", "),
    places: () => shared.map((field) => ({ ...placeOf(pod.spec, field), fix: `remove ${field}` })),
  };
}

/** A pod must not share the network, the processes or the shared memory of its host.
 *  Fields: spec.hostNetwork, spec.hostPID, spec.hostIPC; allowed: false, unset. Upstream: policy/check_hostNamespaces.go. */
export const hostNamespaces = podSecurityCheck({
  id: "host-namespaces",
  upstream: "hostNamespaces",
  level: "baseline",
  severity: "critical",
  title: "Pods must not share the host's namespaces.",
  why: "In them the pod sees the node's processes, listens on its network and passes by network policies.",
  want: "false or unset",
  fix: "remove hostNetwork, hostPID and hostIPC",
  versions: [{ since: "v1.0", find }],
});
