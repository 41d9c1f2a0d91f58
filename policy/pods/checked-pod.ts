/** A pod as the checks see it: decoded once, every field of its API type, the same shape for every pod, which keeps checks plain and fast.
 *  Absent is `undefined`, or the empty value where the API knows no difference. Made by pod-decode.ts. */
import type { Container, ContainerPort, PodSpec, SeLinuxOptions, Volume } from "./pod-types";

export const nothing: readonly never[] = Object.freeze([]);

/** What the security contexts of a pod and of a container can both say. */
export class Confinement {
  runAsNonRoot: boolean | undefined = undefined;
  runAsUser: number | undefined = undefined;
  /** Type of the profile, "" when there is a profile without one. */
  seccompProfile: string | undefined = undefined;
  appArmorProfile: string | undefined = undefined;
  seLinuxOptions: SeLinuxOptions | undefined = undefined;
  /** windowsOptions.hostProcess */
  hostProcess = false;
}

/** A container and its security context. */
export class CheckedContainer extends Confinement {
  name = "";
  /** Where it stands in the pod spec, e.g. `initContainers` and 0. */
  room = "";
  index = 0;
  /** The container as it was written. */
  source: Container = {};
  privileged = false;
  allowPrivilegeEscalation: boolean | undefined = undefined;
  procMount: string | undefined = undefined;
  /** capabilities.add and capabilities.drop */
  added: readonly string[] = nothing;
  dropped: readonly string[] = nothing;
  ports: readonly ContainerPort[] = nothing;
  /** A probe or lifecycle handler names a host. */
  namesHost = false;
}

/** A pod and its security context. One object may serve for one pod after the other. */
export class CheckedPod extends Confinement {
  /** Init, normal and ephemeral containers, in this order; only the first `size` count. */
  readonly containers: CheckedContainer[] = [];
  size = 0;
  annotations: { readonly [key: string]: string } = {};
  /** The pod spec as it was written. */
  spec: PodSpec = {};
  volumes: readonly Volume[] = nothing;
  sysctls: readonly { readonly name?: string }[] = nothing;
  hostNetwork = false;
  hostPID = false;
  hostIPC = false;
  /** spec.hostUsers is false: root inside is nobody outside (KEP-127). */
  hasOwnUsers = false;
  /** spec.os.name is windows: what only Linux has is not asked of it (KEP-2802). */
  isWindows = false;
}
