/** What the API server fills in before Pod Security looks, as far as a verdict or its words depend on it. Pure; copies what it changes.
 *  Source: kubernetes pkg/apis/core/v1/defaults.go (SetDefaults_Pod; of SetDefaults_Volume see restricted-volumes), pkg/registry/core/pod/strategy.go
 *  (applyAppArmorVersionSkew). */

import type { CheckedPod } from "./checked-pod";
import { type ContainerType, containerTypes, declaredContainerTypes } from "./container-types";
import type { Container, Pod, PodSpec } from "./pod-types";

/** The pod as it would be stored. `isPod` is false for the template of a controller: its ports are left alone (since 1.28, k/k#117696),
 *  and so are its AppArmor annotations. */
export function withDefaults(pod: Pod, isPod: boolean): Pod {
  let { spec } = pod;
  if (isPod && spec.hostNetwork === true) spec = each(spec, declaredContainerTypes, withHostPorts);
  const { annotations } = pod.metadata;
  if (isPod && annotations !== undefined && spec.os?.name !== "windows") {
    const profile = spec.securityContext?.appArmorProfile;
    const isPodUnconfined = profile?.type === "Unconfined" && profile.localhostProfile === undefined;
    if (!isPodUnconfined) spec = each(spec, containerTypes, (container) => withProfile(container, annotations));
  }
  return { metadata: pod.metadata, spec };
}

/** True when `withDefaults` may change a decoded pod. */
export function mayHaveDefaults(pod: CheckedPod, isPod: boolean): boolean {
  if (!isPod) return false;
  if (pod.hostNetwork) return true;
  for (const key in pod.annotations) if (pod.annotations[key] === "unconfined") return true;
  return false;
}

function each(spec: PodSpec, types: readonly ContainerType[], change: (container: Container) => Container): PodSpec {
  const changed = types.flatMap((type) => (spec[type] ? [[type, spec[type].map(change)]] : []));
  return { ...spec, ...Object.fromEntries(changed) };
}

/** On the host's network every declared port is a host port. */
function withHostPorts(container: Container): Container {
  if (container.ports === undefined) return container;
  const ports = container.ports.map((port) => ({ ...port, hostPort: port.hostPort || (port.containerPort ?? 0) }));
  return { ...container, ports };
}

/** Since 1.30 an AppArmor annotation also sets the field of its container, when that is unset and the pod does not say the same.
 *  Of the values it can have, only `unconfined` changes what Pod Security says. */
function withProfile(container: Container, annotations: { readonly [key: string]: string }): Container {
  const key = `container.apparmor.security.beta.kubernetes.io/${container.name ?? ""}`;
  if (!Object.hasOwn(annotations, key) || annotations[key] !== "unconfined") return container;
  if (container.securityContext?.appArmorProfile !== undefined) return container;
  return { ...container, securityContext: { ...container.securityContext, appArmorProfile: { type: "Unconfined" } } };
}
