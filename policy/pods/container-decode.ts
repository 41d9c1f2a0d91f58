/** The containers of a plain pod: see pod-decode.ts. */
import { CheckedContainer, type CheckedPod } from "./checked-pod";
import { containerContext } from "./context-decode";
import { type Fields, isFields, isInteger, isText } from "./plain-types";
import type { ContainerPort } from "./pod-types";

/** Adds the containers of one list of the pod spec; false when one of them is not plain. */
export function containers(list: unknown, type: string, into: CheckedPod): boolean {
  if (list === undefined) return true;
  if (!Array.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) {
    let container = into.containers[into.size];
    if (container === undefined) {
      container = new CheckedContainer();
      into.containers.push(container);
    }
    into.size++;
    container.clear();
    container.type = type;
    container.index = i;
    if (!isFields(list[i]) || !decodeContainer(list[i], container)) return false;
  }
  return true;
}

/** Fields are asked for by name: containers are much of one shape, where pods and contexts are not. */
function decodeContainer(fields: Fields, into: CheckedContainer): boolean {
  into.source = fields;
  const { name, securityContext, ports, livenessProbe, readinessProbe, startupProbe, lifecycle } = fields;
  if (!isText(name)) return false;
  into.name = name ?? "";
  return (
    (securityContext === undefined || containerContext(securityContext, into)) &&
    (ports === undefined || portList(ports, into)) &&
    handler(livenessProbe, into) &&
    handler(readinessProbe, into) &&
    handler(startupProbe, into) &&
    (lifecycle === undefined ||
      (isFields(lifecycle) && handler(lifecycle.postStart, into) && handler(lifecycle.preStop, into)))
  );
}

function portList(list: unknown, into: CheckedContainer): boolean {
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
  if (value.host !== undefined && value.host !== "") into.hosts = [...into.hosts, value.host];
  return true;
}
