import { setTimeout as sleep } from "node:timers/promises";
import { askApi } from "../../cluster/api-request";
import { ClusterUnavailable } from "../../cluster/cluster";
import type { PodPort } from "./pod-connection";

/** The fields of an EndpointSlice that are read. */
interface EndpointSlice {
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[] | null;
  readonly endpoints?:
    | readonly {
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: { readonly kind: string; readonly name: string };
      }[]
    | null;
}

/** The ready pods of a Service, updated as on a node. */
export interface ReadyPods {
  /** The next pod in round-robin order; undefined when none is ready. */
  next(): PodPort | undefined;
  close(): void;
}

/** Pods and their port in the EndpointSlices of a Service. `port` is its port's name, or its number where it has none. */
export function podPorts(slices: readonly EndpointSlice[], namespace: string, port: string): PodPort[] {
  const name = /^\d+$/.test(port) ? "" : port;
  return slices.flatMap(({ ports, endpoints }) => {
    const number = ports?.find((one) => (one.name ?? "") === name)?.port;
    if (number === undefined) return [];
    return (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
      conditions?.ready === false || targetRef?.kind !== "Pod"
        ? []
        : [{ namespace, pod: targetRef.name, port: number }],
    );
  });
}

/** Polling interval of the EndpointSlices in milliseconds: less than a node may take to observe a change. */
const interval = 250;

/** Follows the ready pods of a Service through a proxy's socket. Throws ClusterUnavailable when they cannot be read at first; later the last known stay. */
export async function followReadyPods(
  socketPath: string,
  { namespace, service, port }: { readonly namespace: string; readonly service: string; readonly port: string },
): Promise<ReadyPods> {
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`);
  const path = `${slicesPath(namespace)}?labelSelector=${selector}`;
  const read = async (): Promise<PodPort[]> => {
    const { status, body } = await askApi(socketPath, path, { timeoutMs: 5000 });
    if (status !== 200) throw new ClusterUnavailable(`EndpointSlices could not be read: status ${status}`);
    return podPorts((body as { readonly items: EndpointSlice[] }).items, namespace, port);
  };
  let pods = await read();
  let turn = 0;
  let closed = false;
  const follow = async (): Promise<void> => {
    while (!closed) {
      await sleep(interval);
      pods = await read().catch(() => pods);
    }
  };
  void follow();
  return {
    next: () => pods[turn++ % pods.length],
    close: () => {
      closed = true;
    },
  };
}

/** Path of a namespace's EndpointSlices. */
export const slicesPath = (namespace: string): string =>
  `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
