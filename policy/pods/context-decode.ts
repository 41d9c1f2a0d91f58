/** The security contexts of a plain pod and of its containers: see pod-decode.ts. */
import { type CheckedContainer, type CheckedPod, type Confinement, nothing } from "./checked-pod";
import { isFields, isFlag, isInteger, isText, isTexts } from "./plain-types";
import type { SeLinuxOptions } from "./pod-types";

/** Fills in what the pod's context says; false when it is not plain. */
export function podContext(context: unknown, into: CheckedPod): boolean {
  if (!isFields(context)) return false;
  for (const key in context) {
    if (!(key === "sysctls" ? sysctlList(context[key], into) : confinement(key, context[key], into))) return false;
  }
  return true;
}

function sysctlList(sysctls: unknown, into: CheckedPod): boolean {
  if (sysctls === undefined) return true;
  if (!Array.isArray(sysctls)) return false;
  for (let i = 0; i < sysctls.length; i++) if (!isFields(sysctls[i]) || !isText(sysctls[i].name)) return false;
  into.sysctls = sysctls;
  return true;
}

/** Fills in what a container's context says; false when it is not plain. */
export function containerContext(context: unknown, into: CheckedContainer): boolean {
  if (!isFields(context)) return false;
  for (const key in context) if (!containerField(key, context[key], into)) return false;
  return true;
}

function containerField(key: string, value: unknown, into: CheckedContainer): boolean {
  switch (key) {
    case "allowPrivilegeEscalation":
      if (!isFlag(value)) return false;
      into.allowPrivilegeEscalation = value;
      return true;
    case "readOnlyRootFilesystem":
      return true; // nearly every one has it, and no check reads it
    case "capabilities":
      if (value === undefined) return true;
      if (!isFields(value) || !isTexts(value.add) || !isTexts(value.drop)) return false;
      into.added = value.add ?? nothing;
      into.dropped = value.drop ?? nothing;
      return true;
    case "privileged":
      into.privileged = value === true;
      return isFlag(value);
    case "procMount":
      if (!isText(value)) return false;
      into.procMount = value;
      return true;
    default:
      return confinement(key, value, into);
  }
}

/** A field both contexts have. */
function confinement(key: string, value: unknown, into: Confinement): boolean {
  if (value === undefined) return true;
  switch (key) {
    case "runAsNonRoot":
      if (!isFlag(value)) return false;
      into.runAsNonRoot = value;
      return true;
    case "runAsUser":
      if (!isInteger(value, 2 ** 63)) return false;
      into.runAsUser = value;
      return true;
    case "seccompProfile":
      if (!isFields(value) || !isText(value.type)) return false;
      into.seccompProfile = value.type ?? "";
      return true;
    case "appArmorProfile":
      if (!isFields(value) || !isText(value.type) || !isText(value.localhostProfile)) return false;
      into.appArmorProfile = value.type ?? "";
      return true;
    case "seLinuxOptions":
      if (!isFields(value) || !isText(value.type) || !isText(value.user) || !isText(value.role)) return false;
      into.seLinuxOptions = value as SeLinuxOptions;
      return true;
    case "windowsOptions":
      if (!isFields(value) || !isFlag(value.hostProcess)) return false;
      into.hostProcess = value.hostProcess === true;
      return true;
    default:
      return true;
  }
}
