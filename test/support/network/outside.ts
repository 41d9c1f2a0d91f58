/** Something outside of the cluster, as pods see it: an address of the internet (RFC 5737) beside the control plane, where the nodes' default route leads. */
import { spawn } from "node:child_process";
import { networkNamespace, nodes } from "../../../cluster/local/addresses";
import { runAsync } from "../../../cluster/local/commands";
import { instance } from "../e2e-cluster";
import { eventually } from "../run";

/** Forwards TCP connections; listens at the first free address of the network and prints it. Ends with its parent process. */
const carrier = `
const net = require("node:net");
const [network, port, to, at] = process.argv.slice(1);
const carrier = net.createServer((client) => {
  const server = net.connect(Number(at), to);
  client.pipe(server).pipe(client);
  for (const one of [client, server]) one.on("error", () => { client.destroy(); server.destroy(); });
});
let last = 100;
const listen = () => carrier.listen(Number(port), network + last);
carrier.on("error", (error) => {
  if (error.code !== "EADDRINUSE" || last === 254) throw error;
  last += 1;
  listen();
});
carrier.on("listening", () => console.log(network + last));
listen();
process.stdin.resume().on("end", () => process.exit());`;

/** Makes a Service's node port reachable as port 443 of an address of the internet, until this process ends. Returns the address with the port. */
export async function fromOutside(nodePort: number): Promise<string> {
  const inControl = `--net=${networkNamespace(instance, "control")}`;
  const network = "198.51.100.";
  await runAsync("nsenter", [inControl, "ip", "route", "replace", "local", `${network}0/24`, "dev", "lo"]);
  const to = nodes[0]?.address ?? "";
  const args = [inControl, process.execPath, "-e", carrier, network, "443", to, String(nodePort)];
  const child = spawn("nsenter", args, { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (data) => {
    said += String(data);
  });
  const address = await eventually("an address of the internet", async () => /^(\S+)\n/.exec(said)?.[1], 30_000);
  // Neither of them keeps the tests from ending; their end is the other's.
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref();
  return `${address}:443`;
}
