import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toolPath } from "../../process/toolchain/locate";
import { controlAddress, networkNamespace, registryName, registryPort } from "./addresses";
import type { Instance } from "./names";
import type { Daemon } from "./processes";

/** The image registry: every image of the cluster, the pods' pause image included, is pulled from it. */
export function registry(instance: Instance): Daemon {
  const storage = join(instance.state, "registry");
  mkdirSync(storage, { recursive: true });
  const config = {
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: `${controlAddress}:${registryPort}` },
  };
  const file = join(storage, "config.yml");
  const text = JSON.stringify(config, null, 2);
  writeFileSync(file, text);
  return {
    name: "registry",
    command: [toolPath("registry"), "serve", file],
    network: networkNamespace(instance, "control"),
    // Its tracing otherwise looks for a collector every few seconds.
    environment: { OTEL_TRACES_EXPORTER: "none" },
    settings: [text],
  };
}

/** Configures a node's containerd for the registry: plain HTTP, inside the cluster's own network. */
export function writeRegistryHosts(folder: string): void {
  const server = `http://${controlAddress}:${registryPort}`;
  mkdirSync(join(folder, registryName), { recursive: true });
  const text = `server = "${server}"\n\n[host."${server}"]\ncapabilities = ["pull", "resolve"]\n`;
  writeFileSync(join(folder, registryName, "hosts.toml"), text);
}
