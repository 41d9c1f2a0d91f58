/** Something outside of the cluster, as pods see it: an address of the internet (RFC 5737) beside the control plane, where the nodes' default route leads. */
import { spawn } from "node:child_process";
import { networkNamespace, nodes } from "../../cluster/local/addresses";
import { runAsync } from "../../cluster/local/commands";
import { instance } from "./e2e-cluster";
import { eventually } from "./run";

/** Carries connections on; ends with whoever started it. */
const carrier = `
const net = require("node:net");
const [address, port, to, at] = process.argv.slice(1);
net.createServer((client) => {
  const server = net.connect(Number(at), to);
  client.pipe(server).pipe(client);
  for (const one of [client, server]) one.on("error", () => { client.destroy(); server.destroy(); });
}).listen(Number(port), address, () => console.log("listening"));
process.stdin.resume().on("end", () => process.exit());`;

/** Makes a Service's node port reachable as port 443 of an address of the internet, until this process ends. Gives the address with the port. */
export async function fromOutside(nodePort: number): Promise<string> {
  const inControl = `--net=${networkNamespace(instance, "control")}`;
  const address = `198.51.100.${100 + Math.floor(Math.random() * 150)}`;
  await runAsync("nsenter", [inControl, "ip", "address", "replace", `${address}/32`, "dev", "lo"]);
  const to = nodes[0]?.address ?? "";
  const args = [inControl, process.execPath, "-e", carrier, address, "443", to, String(nodePort)];
  const child = spawn("nsenter", args, { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (data) => {
    said += String(data);
  });
  await eventually(`${address} listens`, async () => said !== "", 10_000);
  // Neither of them keeps the tests from ending; their end is the other's.
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref();
  return `${address}:443`;
}
