import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterDomain, dnsServiceAddress } from "./addresses";
import { kubectl } from "./api";
import { pki } from "./certificates";
import type { Instance } from "./names";

/** Fills the `<name>` placeholders; throws for one without a value. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/<(\w+)>/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for <${name}>`);
    return value;
  });
}

const read = (name: string): string => readFileSync(join(__dirname, "addons", `${name}.yaml`), "utf8");

const manifest = (name: string, values: Readonly<Record<string, string>>): string => fill(read(name), values);

const base64 = (instance: Instance, file: string): string => readFileSync(pki(instance, file)).toString("base64");

/** Arguments to apply this project's objects to the local cluster: server-side, taking over conflicting fields. */
export const applyArguments: readonly string[] = [
  "apply",
  "--server-side",
  "--force-conflicts",
  "--field-manager=hardened-local",
  "--validate=ignore",
  "-f",
  "-",
];

/** Installs or updates cluster DNS, resource metrics, and the permissions of kubelets and kube-router. `images` maps each add-on's name to its image. */
export async function applyAddons(
  instance: Instance,
  images: Readonly<Record<"coredns" | "metrics-server", string>>,
): Promise<void> {
  const dns = manifest("coredns", {
    domain: clusterDomain,
    dnsAddress: dnsServiceAddress,
    image: images.coredns,
    // CoreDNS reads its file once; a changed file restarts its pods.
    digest: createHash("sha256").update(read("coredns")).digest("hex").slice(0, 16),
  });
  const metrics = manifest("metrics-server", {
    image: images["metrics-server"],
    certificate: base64(instance, "metrics-server.crt"),
    key: base64(instance, "metrics-server.key"),
    authority: base64(instance, "ca.crt"),
  });
  const permissions = ["kubelet-certificates", "kube-router"].map((name) => manifest(name, {}));
  await kubectl(instance, applyArguments, [dns, metrics, ...permissions].join("\n---\n"));
}
