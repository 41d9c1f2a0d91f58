import { podSecurityCheck } from "../contract/check";
import { findProcMount } from "./proc-mount";

/** The masks over /proc must stay, whatever users the pod has.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].securityContext.procMount; allowed: Default, unset.
 *  Upstream: policy/check_procMount_restricted.go; before 1.35 the baseline check was as strict. */
export const procMountRestricted = podSecurityCheck({
  id: "proc-mount-restricted",
  upstream: "procMount_restricted",
  level: "restricted",
  severity: "high",
  title: "/proc must keep its default masks, user namespace or not.",
  why: "The masks hide kernel settings and memory that lead out of the container; user namespaces alone are one line of defence less.",
  want: "Default or unset",
  fix: "remove securityContext.procMount",
  overrides: "proc-mount",
  versions: [{ since: "v1.35", find: findProcMount }],
});
