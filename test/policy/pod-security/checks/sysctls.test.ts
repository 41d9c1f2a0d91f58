import { sysctls } from "../../../../policy/pod-security/checks/sysctls";
import { from, podSecurityCases } from "../../support/pod-security-cases";

/** Each safe sysctl and the version it became safe in. */
const since: Readonly<Record<string, string>> = {
  "kernel.shm_rmid_forced": "v1.0",
  "net.ipv4.ip_local_port_range": "v1.0",
  "net.ipv4.tcp_syncookies": "v1.0",
  "net.ipv4.ping_group_range": "v1.0",
  "net.ipv4.ip_unprivileged_port_start": "v1.0",
  "net.ipv4.ip_local_reserved_ports": "v1.27",
  "net.ipv4.tcp_keepalive_time": "v1.29",
  "net.ipv4.tcp_fin_timeout": "v1.29",
  "net.ipv4.tcp_keepalive_intvl": "v1.29",
  "net.ipv4.tcp_keepalive_probes": "v1.29",
  "net.ipv4.tcp_rmem": "v1.32",
  "net.ipv4.tcp_wmem": "v1.32",
  "net.ipv4.tcp_slow_start_after_idle": "v1.37",
  "net.ipv4.tcp_notsent_lowat": "v1.37",
};
const set =
  (...names: unknown[]) =>
  ({ context }: { context: object }) =>
    Object.assign(context, { sysctls: names.map((name) => ({ name, value: "1" })) });

podSecurityCases(sysctls, "sysctls", [
  {
    it: "[FL-14] forbids others in the order given, doubles kept, at every version",
    at: from("v1.0"),
    change: set("kernel.msgmax", "net.ipv4.tcp_syncookies", null, "a", "kernel.msgmax"),
    says: "forbidden sysctls (kernel.msgmax, , a, kernel.msgmax)",
    fields: [0, 2, 3, 4].map((i) => `securityContext.sysctls[${i}].name`),
  },
  { it: "[FL-14] says no detail where the only name is empty", change: set(null), says: "forbidden sysctls" },
  ...Object.entries(since).map(([name, version]) => ({
    it: `[FL-14] allows ${name} since ${version}`,
    at: from(version),
    change: set(name),
  })),
  ...Object.entries(since)
    .filter(([, version]) => version !== "v1.0")
    .map(([name, version]) => ({
      it: `[FL-14] forbids ${name} before ${version}`,
      at: from("v1.0", `v1.${Number(version.slice(3)) - 1}`),
      change: set(name),
      says: `forbidden sysctls (${name})`,
    })),
  {
    it: "[FL-14] forbids slashes for dots",
    change: set("net/ipv4/tcp_rmem"),
    says: "forbidden sysctls (net/ipv4/tcp_rmem)",
  },
]);
