import type { CheckedContainer, CheckedPod } from "../../pods/checked-pod";
import type { Handler } from "../../pods/pod-types";
import { offenders } from "../../pods/pod-visitor";
import { type FieldPath, names, podSecurityCheck, show } from "../contract/check";
import { distinct, plural, quoted } from "../contract/go-text";

const isBad = (container: CheckedContainer) => container.hosts.length > 0;

/** Where a container names hosts. */
function placesIn({ name, path, source }: CheckedContainer): FieldPath[] {
  const handlers: [string, Handler | undefined][] = [
    ["livenessProbe", source.livenessProbe],
    ["readinessProbe", source.readinessProbe],
    ["startupProbe", source.startupProbe],
    ["lifecycle.postStart", source.lifecycle?.postStart],
    ["lifecycle.preStop", source.lifecycle?.preStop],
  ];
  return handlers.flatMap(([field, handler]) =>
    (["httpGet", "tcpSocket"] as const)
      .map((action) => ({ host: handler?.[action]?.host ?? "", field: `${path}.${field}.${action}.host` }))
      .filter(({ host }) => host !== "")
      .map(({ host, field: at }) => ({ container: name, field: at, got: show(host) })),
  );
}

function find(pod: CheckedPod) {
  const found = offenders(pod, isBad);
  if (found === null) return null;
  const values = distinct(found.flatMap(({ hosts }) => hosts));
  const containers = distinct(names(found));
  const who = `${plural(containers.length, "container", "containers")} ${quoted(containers)}`;
  const what = plural(values.length, "probe or lifecycle host", "probe or lifecycle hosts");
  return {
    reason: "probe or lifecycle host",
    detail: `${who} ${plural(containers.length, "uses", "use")} ${what} ${quoted(values)}`,
    places: () => found.flatMap(placesIn),
  };
}

/** A probe or hook must not make the kubelet call another machine: request forgery from the node (KEP-4940). Loopback counts too.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].{livenessProbe,readinessProbe,startupProbe,lifecycle.postStart,
 *  lifecycle.preStop}.{httpGet,tcpSocket}.host; allowed: "", unset.
 *  Upstream: policy/check_hostProbesAndhostLifecycle.go, since 1.34. */
export const hostProbesAndHostLifecycle = podSecurityCheck({
  id: "host-probes-and-host-lifecycle",
  upstream: "hostProbesAndHostLifecycle",
  level: "baseline",
  severity: "medium",
  title: "Probes and lifecycle hooks must not name a host.",
  why: "The kubelet would ask that host from the node's own network, past every network policy (server-side request forgery).",
  want: "unset",
  fix: "remove host; the pod's own address is used",
  versions: [{ since: "v1.34", find }],
});
