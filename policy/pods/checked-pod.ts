/** A pod as the checks see it: decoded once, every field of its API type, the same shape for every pod, which keeps checks plain and fast.
 *  Absent is `undefined`, or the empty value where the API knows no difference. Made by pod-decode.ts. */
import type { Container, ContainerPort, PodSpec, SeLinuxOptions, Volume } from "./pod-types";

export const nothing: readonly never[] = Object.freeze([]);
const noAnnotations = Object.freeze({});

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

  protected clearConfinement(): void {
    this.runAsNonRoot = undefined;
    this.runAsUser = undefined;
    this.seccompProfile = undefined;
    this.appArmorProfile = undefined;
    this.seLinuxOptions = undefined;
    this.hostProcess = false;
  }
}

/** A container and its security context. */
export class CheckedContainer extends Confinement {
  name = "";
  /** Where it stands in the pod spec, e.g. `initContainers` and 0. */
  type = "";
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
  /** Hosts that probes and lifecycle handlers name. */
  hosts: readonly string[] = nothing;

  /** Where it stands in the pod spec, e.g. `initContainers[0]`. Written when asked for: a message does not need it. */
  get path(): string {
    return `${this.type}[${this.index}]`;
  }

  /** As if it said nothing, for the next container; the caller says which it is. */
  clear(): void {
    this.clearConfinement();
    this.name = "";
    this.privileged = false;
    this.allowPrivilegeEscalation = undefined;
    this.procMount = undefined;
    this.added = nothing;
    this.dropped = nothing;
    this.ports = nothing;
    this.hosts = nothing;
  }
}

/** A pod and its security context. One object may serve for one pod after the other. */
export class CheckedPod extends Confinement {
  /** Init, normal and ephemeral containers, in this order; only the first `size` count. */
  readonly containers: CheckedContainer[] = [];
  size = 0;
  annotations: { readonly [key: string]: string } = noAnnotations;
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

  /** As if it said nothing, for the next pod. @param kept containers it keeps room for */
  clear(kept: number): void {
    this.clearConfinement();
    this.size = 0;
    if (this.containers.length > kept) this.containers.length = kept;
    this.annotations = noAnnotations;
    this.volumes = nothing;
    this.sysctls = nothing;
    this.hostNetwork = false;
    this.hostPID = false;
    this.hostIPC = false;
    this.hasOwnUsers = false;
    this.isWindows = false;
  }
}
