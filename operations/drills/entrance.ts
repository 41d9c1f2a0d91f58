import type { RequestOptions } from "node:http";
import type { Cluster } from "../../cluster/cluster";
import { UserError } from "../../process/user-error";

/** The door a stream of requests goes through. */
export interface Entrance {
  /** What it is, for the record. */
  readonly name: string;
  readonly secure: boolean;
  readonly options: RequestOptions;
  close(): void;
}

export interface EntranceArgs {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly service: string;
  /** Name or number of the Service's port. */
  readonly port: string;
  /** Path that is asked for, with its "/". */
  readonly path: string;
  /** Address to ask in place of the Service: a node port, an Ingress. */
  readonly url?: string | undefined;
}

function given(url: string): Entrance {
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
 * Opens the way to a Service. Without an address that is the API server's own proxy to Services: it chooses a ready endpoint
 * anew for each request, as a node does, and any kubeconfig reaches it. A port-forward would not do, as it is bound to one pod and
 * dies with it. `kubectl proxy` listens on a socket only its owner can open, and lets nothing through but this Service.
 */
export async function openEntrance(args: EntranceArgs): Promise<Entrance> {
  const { cluster, namespace, service, port, path, url } = args;
  if (url !== undefined) return given(url);
  const prefix = `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy`;
  const { socketPath, close } = await cluster.proxy(`^${prefix.replaceAll(/[.]/g, "[.]")}/.*$`);
  const options = { socketPath, path: `${prefix}${path}`, headers: { host: "localhost" } };
  return {
    name: `API server's service proxy to ${namespace}/${service}:${port}${path}`,
    secure: false,
    options,
    close,
  };
}
