/** The quick way from JSON to a CheckedPod. Most pods are plain: every field the checks read is absent or of its API type, nothing is null or
 *  unknown. Anything else is for pod-reading.ts, slowly and with words. Each field is read once, by its name, and nothing is allocated,
 *  because this runs for every pod. */
import { CheckedContainer, type CheckedPod, type Confinement, nothing } from "./checked-pod";
import { volumeSources } from "./pod-schema";
import type { ContainerPort, PodSpec, SeLinuxOptions, Volume } from "./pod-types";

type Fields = { readonly [key: string]: unknown };

/** Containers a CheckedPod keeps room for between pods. */
const kept = 64;

/** Fills `into` and answers true when the pod is plain. False only means: look closely; what `into` holds then is of no use. */
export function decode(pod: unknown, into: CheckedPod): boolean {
  if (!isFields(pod)) return false;
  const { metadata, spec } = pod;
  if (!isFields(metadata) || !isFields(spec)) return false;
  const { hostNetwork, hostPID, hostIPC, hostUsers, os, volumes, securityContext } = spec;
  if (!isFlag(hostNetwork) || !isFlag(hostPID) || !isFlag(hostIPC) || !isFlag(hostUsers)) return false;
  if (os !== undefined && (!isFields(os) || !isText(os.name))) return false;
  into.spec = spec as PodSpec;
  into.hostNetwork = hostNetwork === true;
  into.hostPID = hostPID === true;
  into.hostIPC = hostIPC === true;
  into.hasOwnUsers = hostUsers === false;
  into.isWindows = os !== undefined && os.name === "windows";
  into.size = 0;
  if (into.containers.length > kept) into.containers.length = kept;
  return (
    annotations(metadata.annotations, into) &&
    podContext(securityContext, into) &&
    volumeList(volumes, into) &&
    containers(spec.initContainers, "initContainers", into) &&
    containers(spec.containers, "containers", into) &&
    containers(spec.ephemeralContainers, "ephemeralContainers", into)
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || value === false || value === true;
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

function isInteger(value: unknown, limit: number): value is number | undefined {
  return value === undefined || (Number.isInteger(value) && (value as number) < limit && (value as number) >= -limit);
}

const noAnnotations = Object.freeze({});

function annotations(map: unknown, into: CheckedPod): boolean {
  into.annotations = noAnnotations;
  if (map === undefined) return true;
  if (!isFields(map)) return false;
  for (const key in map) if (typeof map[key] !== "string") return false;
  into.annotations = map as CheckedPod["annotations"];
  return true;
}

function podContext(context: unknown, into: CheckedPod): boolean {
  into.sysctls = nothing;
  if (context === undefined) return unconfined(into);
  if (!isFields(context)) return false;
  const { sysctls } = context;
  if (sysctls !== undefined) {
    if (!Array.isArray(sysctls)) return false;
    for (let i = 0; i < sysctls.length; i++) if (!isFields(sysctls[i]) || !isText(sysctls[i].name)) return false;
    into.sysctls = sysctls;
  }
  return confinement(context, into);
}

function unconfined(into: Confinement): true {
  into.runAsNonRoot = undefined;
  into.runAsUser = undefined;
  into.seccompProfile = undefined;
  into.appArmorProfile = undefined;
  into.seLinuxOptions = undefined;
  into.hostProcess = false;
  return true;
}

function confinement(context: Fields, into: Confinement): boolean {
  const { runAsNonRoot, runAsUser, seccompProfile, appArmorProfile, seLinuxOptions, windowsOptions } = context;
  if (!isFlag(runAsNonRoot) || !isInteger(runAsUser, 2 ** 63)) return false;
  unconfined(into);
  into.runAsNonRoot = runAsNonRoot;
  into.runAsUser = runAsUser;
  if (seccompProfile !== undefined) {
    if (!isFields(seccompProfile) || !isText(seccompProfile.type)) return false;
    into.seccompProfile = seccompProfile.type ?? "";
  }
  if (appArmorProfile !== undefined) {
    if (!isFields(appArmorProfile) || !isText(appArmorProfile.type) || !isText(appArmorProfile.localhostProfile))
      return false;
    into.appArmorProfile = appArmorProfile.type ?? "";
  }
  if (seLinuxOptions !== undefined) {
    if (!isFields(seLinuxOptions) || !isText(seLinuxOptions.type)) return false;
    if (!isText(seLinuxOptions.user) || !isText(seLinuxOptions.role)) return false;
    into.seLinuxOptions = seLinuxOptions as SeLinuxOptions;
  }
  if (windowsOptions !== undefined) {
    if (!isFields(windowsOptions) || !isFlag(windowsOptions.hostProcess)) return false;
    into.hostProcess = windowsOptions.hostProcess === true;
  }
  return true;
}

/** Every key of a volume but its name is a source. */
function volumeList(list: unknown, into: CheckedPod): boolean {
  into.volumes = nothing;
  if (list === undefined) return true;
  if (!Array.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) {
    const volume: unknown = list[i];
    if (!isFields(volume)) return false;
    for (const key in volume) {
      const value = volume[key];
      if (key === "name") {
        if (!isText(value)) return false;
      } else {
        if (!volumeSources.has(key) || !isFields(value)) return false;
      }
    }
  }
  into.volumes = list as Volume[];
  return true;
}

function containers(list: unknown, room: string, into: CheckedPod): boolean {
  if (list === undefined) return true;
  if (!Array.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) {
    let container = into.containers[into.size];
    if (container === undefined) {
      container = new CheckedContainer();
      into.containers.push(container);
    }
    into.size++;
    container.room = room;
    container.index = i;
    if (!isFields(list[i]) || !decodeContainer(list[i], container)) return false;
  }
  return true;
}

function decodeContainer(fields: Fields, into: CheckedContainer): boolean {
  const { name, securityContext, ports, livenessProbe, readinessProbe, startupProbe, lifecycle } = fields;
  if (!isText(name)) return false;
  into.source = fields;
  into.name = name ?? "";
  into.namesHost = false;
  return (
    containerContext(securityContext, into) &&
    portList(ports, into) &&
    handler(livenessProbe, into) &&
    handler(readinessProbe, into) &&
    handler(startupProbe, into) &&
    (lifecycle === undefined ||
      (isFields(lifecycle) && handler(lifecycle.postStart, into) && handler(lifecycle.preStop, into)))
  );
}

function containerContext(context: unknown, into: CheckedContainer): boolean {
  into.privileged = false;
  into.allowPrivilegeEscalation = undefined;
  into.procMount = undefined;
  into.added = nothing;
  into.dropped = nothing;
  if (context === undefined) return unconfined(into);
  if (!isFields(context)) return false;
  const { privileged, allowPrivilegeEscalation, procMount, capabilities } = context;
  if (!isFlag(privileged) || !isFlag(allowPrivilegeEscalation) || !isText(procMount)) return false;
  into.privileged = privileged === true;
  into.allowPrivilegeEscalation = allowPrivilegeEscalation;
  into.procMount = procMount;
  if (capabilities !== undefined) {
    if (!isFields(capabilities) || !isTexts(capabilities.add) || !isTexts(capabilities.drop)) return false;
    into.added = capabilities.add ?? nothing;
    into.dropped = capabilities.drop ?? nothing;
  }
  return confinement(context, into);
}

function isTexts(list: unknown): list is string[] | undefined {
  if (list === undefined) return true;
  if (!Array.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) if (typeof list[i] !== "string") return false;
  return true;
}

function portList(list: unknown, into: CheckedContainer): boolean {
  into.ports = nothing;
  if (list === undefined) return true;
  if (!Array.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) {
    const port: unknown = list[i];
    if (!isFields(port) || !isInteger(port.hostPort, 2 ** 31) || !isInteger(port.containerPort, 2 ** 31)) return false;
  }
  into.ports = list as ContainerPort[];
  return true;
}

function handler(value: unknown, into: CheckedContainer): boolean {
  if (value === undefined) return true;
  return isFields(value) && action(value.httpGet, into) && action(value.tcpSocket, into);
}

function action(value: unknown, into: CheckedContainer): boolean {
  if (value === undefined) return true;
  if (!isFields(value) || !isText(value.host)) return false;
  if (value.host !== undefined && value.host !== "") into.namesHost = true;
  return true;
}
