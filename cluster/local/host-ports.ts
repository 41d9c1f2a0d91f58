import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { writeAtomic } from "../../process/atomic-write";
import { UserError } from "../../process/user-error";
import { apiPort, controlAddress, nodePorts, nodes, registryPort } from "./addresses";
import { type Instance, instanceOf } from "./names";

/** Loopback ports of the host, by what is behind each: "<address>:<port>" inside the cluster's network. */
export type HostPorts = Readonly<Record<string, number>>;

export const apiTarget = `${controlAddress}:${apiPort}`;
export const registryTarget = `${controlAddress}:${registryPort}`;
const nodePortTarget = (nodePort: number): string => `${nodes[0]?.address}:${nodePort}`;

/** What the host can reach, in the order of opening. */
const targets: readonly string[] = [apiTarget, registryTarget, ...nodePorts.map(nodePortTarget)];

const portsFile = (instance: Instance): string => join(instance.state, "host-ports.json");

/** The recorded ports; empty for an instance that was never brought up. */
export function hostPorts(instance: Instance): HostPorts {
  if (!existsSync(portsFile(instance))) return {};
  return JSON.parse(readFileSync(portsFile(instance), "utf8")) as HostPorts;
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

/**
 * Opens a listening loopback socket for everything the host can reach, and records the ports: those of the last time
 * where still free, else the number behind it, else one the system picks.
 */
export async function openHostPorts(instance: Instance): Promise<Map<string, Server>> {
  const recorded = hostPorts(instance);
  const opened = new Map<string, Server>();
  const ports: Record<string, number> = {};
  for (const target of targets) {
    const wanted = [recorded[target], Number(target.split(":")[1]), 0];
    let server: Server | undefined;
    for (const port of wanted) if (port !== undefined) server ??= await listen(port);
    const address = server?.address();
    if (!server || typeof address !== "object" || !address) throw new UserError("no free port on 127.0.0.1");
    opened.set(target, server);
    ports[target] = address.port;
  }
  mkdirSync(instance.state, { recursive: true, mode: 0o700 });
  writeAtomic(portsFile(instance), `${JSON.stringify(ports, null, 2)}\n`);
  return opened;
}

function portOf(instance: Instance, target: string, what: string): number {
  const port = hostPorts(instance)[target];
  if (port === undefined)
    throw new UserError(`${what} of cluster ${instance.name} is not reachable; run: npm run cluster:up`);
  return port;
}

/** Port on 127.0.0.1 that leads to a Service's node port (30080 to 30089). Throws a UserError when there is none. */
export function hostPortOf(nodePort: number, name?: string): number {
  if (!nodePorts.includes(nodePort)) {
    throw new UserError(
      `node port must be ${nodePorts[0]} to ${nodePorts.at(-1)} to be reached from the host, got ${nodePort}`,
    );
  }
  return portOf(instanceOf(name), nodePortTarget(nodePort), `node port ${nodePort}`);
}

/** Base URL the host pushes images to. */
export const registryUrl = (instance: Instance): string =>
  `http://127.0.0.1:${portOf(instance, registryTarget, "the registry")}`;

/** Base URL of the API server from the host. */
export const apiUrl = (instance: Instance): string =>
  `https://127.0.0.1:${portOf(instance, apiTarget, "the API server")}`;
