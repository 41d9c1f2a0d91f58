import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { writeAtomic } from "../../process/atomic-write";
import { networkNamespace } from "./addresses";
import { hostPorts, openHostPorts } from "./host-ports";
import type { Instance } from "./names";
import { type Daemon, daemonsEnded, isCurrent, startDaemon, stopDaemon } from "./processes";

/** The forwarder as JavaScript: the compiler stays out of a process that runs for days. */
export function forwarderProgram(): string {
  const source = readFileSync(join(__dirname, "forwarder.ts"), "utf8");
  return transpileModule(source, { compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 } })
    .outputText;
}

/** The process that carries connections from the host's loopback ports into the cluster. */
function forwarder(instance: Instance): Daemon {
  const file = join(instance.state, "forwarder.js");
  const text = forwarderProgram();
  writeAtomic(file, text);
  return {
    name: "forwarder",
    command: [process.execPath, "--max-semi-space-size=1", file],
    network: networkNamespace(instance, "control"),
    settings: [text, JSON.stringify(hostPorts(instance))],
  };
}

/** Hands listening sockets over to a process, by what is behind each, and closes them here. Throws when it ends before it has them all: Node waits for its
 *  answer to each and calls nobody back then. */
export async function handOver(child: ChildProcess, servers: ReadonlyMap<string, Server>): Promise<void> {
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const end = (): void => ended.reject(new Error("it ended"));
  child.once("exit", end);
  if (child.exitCode !== null || child.signalCode !== null) end();
  const send = (target: string, server: Server): Promise<void> =>
    new Promise((resolve, reject) => {
      child.send(target, server, (error) => (error ? reject(error) : resolve()));
    });
  try {
    for (const [target, server] of servers) await Promise.race([send(target, server), ended.promise]);
  } finally {
    child.off("exit", end);
    for (const server of servers.values()) server.close();
  }
}

/** Starts the forwarder unless it runs. Its listening sockets are opened here, in the host's network, and handed over. */
export async function ensureForwards(instance: Instance): Promise<void> {
  if (isCurrent(instance, forwarder(instance))) return;
  await stopDaemon(instance, "forwarder");
  const servers = await openHostPorts(instance);
  const child = startDaemon(instance, forwarder(instance), true);
  await handOver(child, servers).catch(async () => {
    await stopDaemon(instance, "forwarder", 0); // one that has only some of the ports is not taken for whole by the next run
    throw daemonsEnded(instance, "host ports", ["forwarder"]);
  });
  child.disconnect();
}
