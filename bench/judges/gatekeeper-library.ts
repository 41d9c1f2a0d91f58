/** The pod-security-policy templates of Gatekeeper's library, with constraints that say the standard at v1.37 as far as their parameters can. No Go module
 *  carries the templates: they are read from a checkout of gatekeeper-library where there is one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { Level } from "./judge";

const split = (words: string): string[] => words.split(" ");

const capabilities =
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT";
const keepalive = "net.ipv4.tcp_keepalive_time net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes";
const tcp = "net.ipv4.tcp_fin_timeout net.ipv4.tcp_rmem net.ipv4.tcp_wmem net.ipv4.tcp_syncookies";
const tcpNew = "net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_notsent_lowat net.ipv4.ping_group_range";
const ports = "net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports";
const types = split("container_t container_init_t container_kvm_t container_engine_t").map((type) => ({ type }));
const profiles = { allowedProfiles: ["RuntimeDefault", "Localhost"], allowedLocalhostFiles: ["*"] };
const any = { rule: "RunAsAny" };
const users = { runAsUser: { rule: "MustRunAsNonRoot" }, runAsGroup: any, supplementalGroups: any, fsGroup: any };

/** Parameters by the folder of the template. */
type Parameters = Readonly<Record<string, object>>;

const baseline: Parameters = {
  "privileged-containers": {},
  "host-namespaces": {},
  "host-filesystem": {},
  "host-network-ports": { hostNetwork: false, min: 0, max: 0 },
  "host-probes-lifecycle": {},
  "host-process": {},
  "proc-mount": { procMount: "Default" },
  selinux: { allowedSELinuxOptions: types },
  apparmor: { allowedProfiles: ["runtime/default", "localhost/*"] },
  seccompv2: { ...profiles, allowedProfiles: [...profiles.allowedProfiles, "not configured"] },
  "forbidden-sysctls": { allowedSysctls: split(`kernel.shm_rmid_forced ${keepalive} ${tcp} ${tcpNew} ${ports}`) },
  capabilities: { allowedCapabilities: split(capabilities) },
};

const restricted: Parameters = {
  ...baseline,
  seccompv2: profiles,
  capabilities: { allowedCapabilities: ["NET_BIND_SERVICE"], requiredDropCapabilities: ["ALL"] },
  "allow-privilege-escalation": {},
  users,
  volumes: {
    volumes: split("configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret"),
  },
};

interface Template {
  readonly spec: { readonly crd: { readonly spec: { readonly names: { readonly kind: string } } } };
}

/** The templates look at pods only; this has gator look at the pod of a Deployment. */
const expansion = {
  apiVersion: "expansion.gatekeeper.sh/v1beta1",
  kind: "ExpansionTemplate",
  metadata: { name: "deployments" },
  spec: {
    applyTo: [{ groups: ["apps"], kinds: ["Deployment"], versions: ["v1"] }],
    templateSource: "spec.template",
    generatedGVK: { kind: "Pod", group: "", version: "v1" },
  },
};

/** Templates of the checkout, with constraints for a level. */
export const libraryTemplates = (checkout: string, level: Level): object[] => [
  expansion,
  ...Object.entries(level === "restricted" ? restricted : baseline).flatMap(([folder, parameters]) => {
    const file = join(checkout, "library", "pod-security-policy", folder, "template.yaml");
    const template = loadAll(readFileSync(file, "utf8"))[0] as Template;
    const spec = { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] }, parameters };
    const { kind } = template.spec.crd.spec.names;
    const constraint = { apiVersion: "constraints.gatekeeper.sh/v1beta1", kind, metadata: { name: folder }, spec };
    return [template, constraint];
  }),
];
