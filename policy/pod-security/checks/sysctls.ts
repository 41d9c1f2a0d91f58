import { type Find, podSecurityCheck, show } from "../contract/check";
import { wellFormed } from "../contract/go-text";

/** Sysctls that stay inside the pod, with the version that let them in. */
const v1_0 = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start",
];
const v1_27 = [...v1_0, "net.ipv4.ip_local_reserved_ports"];
const v1_29 = [
  ...v1_27,
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
];
const v1_32 = [...v1_29, "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"];
const v1_37 = [...v1_32, "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"];

function finder(safe: readonly string[]): Find {
  const allowed = new Set(safe);
  return ({ sysctls }) => {
    if (sysctls.length === 0) return null;
    const found = sysctls
      .map(({ name }, i) => ({ name, field: `securityContext.sysctls[${i}].name` }))
      .filter(({ name = "" }) => !allowed.has(name));
    if (found.length === 0) return null;
    return {
      reason: "forbidden sysctls",
      detail: wellFormed(found.map(({ name }) => name).join(", ")),
      places: () => found.map(({ name, field }) => ({ field, got: show(name) })),
    };
  };
}

/** Only kernel settings that belong to the pod alone.
 *  Fields: spec.securityContext.sysctls[*].name; allowed: the lists above. Upstream: policy/check_sysctls.go. */
export const sysctls = podSecurityCheck({
  id: "sysctls",
  upstream: "sysctls",
  level: "baseline",
  severity: "high",
  title: "Only safe sysctls may be set.",
  why: "Other kernel settings count for the whole node, or can starve it.",
  want: `one of ${v1_37.join(", ")}`,
  fix: "remove it from securityContext.sysctls",
  versions: [
    { since: "v1.0", find: finder(v1_0) },
    { since: "v1.27", find: finder(v1_27) },
    { since: "v1.29", find: finder(v1_29) },
    { since: "v1.32", find: finder(v1_32) },
    { since: "v1.37", find: finder(v1_37) },
  ],
});
