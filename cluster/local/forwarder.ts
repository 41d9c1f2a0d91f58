/*
 * Carries TCP connections from the host's loopback into the cluster's network. Runs inside the cluster's network
 * namespace with listening sockets that were opened outside and handed over, so neither side gets a link or a route.
 * A program of its own, started from a transpiled copy to stay small in memory: it imports nothing but Node's modules.
 */
import { connect, type Server, type Socket } from "node:net";

/** Longest time in milliseconds to wait for the other end to accept. */
const patience = 10_000;

function carry(client: Socket, target: string): void {
  const [host = "", port = ""] = target.split(":");
  const upstream = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
  upstream.setTimeout(patience, () => upstream.destroy());
  upstream.once("connect", () => upstream.setTimeout(0));
  client.setNoDelay(true);
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.pipe(other);
    one.on("error", () => other.destroy());
    // After a clean end the pipe still has bytes to hand on; only a connection that broke takes its partner with it.
    one.on("close", () => one.readableEnded || other.destroy());
  }
}

process.on("message", (target: string, server: Server | undefined) => {
  if (!server) return;
  // A handed-over server pauses nothing and half-closes nothing by itself; the pipes above do.
  (server as Server & { allowHalfOpen: boolean }).allowHalfOpen = true;
  server.on("connection", (client) => carry(client, target));
  server.on("error", (error) => console.error(target, error.message));
});
process.on("uncaughtException", (error) => console.error(error));
process.on("SIGHUP", () => {});
