import type { RequestOptions } from "node:http";
import type { Cluster } from "../../cluster/cluster";
import { UserError } from "../../process/user-error";
import { connectToPod } from "./pod-connection";
import { followReadyPods, type ReadyPods, slicesPath } from "./ready-pods";

/** Where a stream of requests is sent. */
export interface Endpoint {
  /** Description for the evidence. */
  readonly name: string;
  readonly secure: boolean;
  readonly options: RequestOptions;
  close(): void;
}

export interface EndpointArgs {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly service: string;
  /** Name or number of the Service's port. */
  readonly port: string;
  /** Path of the requests, with the leading "/". */
  readonly path: string;
  /** Address to use instead of the Service: a node port, an Ingress. */
  readonly url?: string | undefined;
}

function given(url: string): Endpoint {
  const { protocol, hostname, port, pathname, search, username } = parsed(url);
  const secure = protocol === "https:";
  if ((!secure && protocol !== "http:") || username !== "")
    throw new UserError(`--url must be http:// or https:// without a user, got ${protocol}//…`, 2);
  // Node's own name of an IPv6 address has no brackets.
  const host = hostname.replace(/^\[|\]$/g, "");
  const options = { host, port: port || (secure ? 443 : 80), path: `${pathname}${search}` };
  return { name: url, secure, options, close: () => {} };
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new UserError(`--url is not an address: ${url}; for example http://127.0.0.1:30081/healthz`, 2);
  }
}

/**
 * Opens an endpoint for a Service. Without an address each request is forwarded to one of its ready pods in turn, which works with any kubeconfig
 * with `create` on `pods/portforward`, and which no NetworkPolicy denies. One `kubectl port-forward` does not suffice, as it is bound to one pod and
 * ends with it. `kubectl proxy` listens on a socket that only its owner can open, and accepts only the paths of this namespace's pods and endpoints.
 */
export async function openEndpoint(args: EndpointArgs): Promise<Endpoint> {
  const { cluster, namespace, service, port, path, url } = args;
  if (url !== undefined) return given(url);
  const accepted = `^(/api/v1/namespaces/${namespace}/pods/[^/]+/portforward|${slicesPath(namespace).replaceAll(".", "[.]")})$`;
  const { socketPath, close } = await cluster.proxy(accepted);
  const stop = (): void => {
    pods?.close();
    close();
  };
  let pods: ReadyPods | undefined;
  try {
    pods = await followReadyPods(socketPath, { namespace, service, port });
  } catch (error) {
    stop();
    throw error;
  }
  const { next } = pods;
  const createConnection: NonNullable<RequestOptions["createConnection"]> = (_options, onCreate) => {
    const pod = next();
    const refused = new Error("no ready pod");
    (pod === undefined ? Promise.reject(refused) : connectToPod(socketPath, pod)).then(
      (connection) => onCreate(null, connection),
      (error: Error) => onCreate(error, undefined as never),
    );
    return undefined;
  };
  const options = { agent: undefined, createConnection, path, headers: { host: service } };
  return { name: `port-forward to ${namespace}/${service}:${port}${path}`, secure: false, options, close: stop };
}
