/** A container that must not run as root needs its user as a number: admission reads only the field, but the kubelet reads the image, and
 *  refuses one whose USER is a name ("container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root").
 *  Fields: spec.securityContext.runAsUser or spec.{initContainers,containers,ephemeralContainers}[*].securityContext.runAsUser; allowed: 1 to 2147483647.
 *  OpenShift sets the field itself, from the range of the namespace (security context constraints, MustRunAsRange), and refuses most others.
 *  Upstream: pkg/kubelet/kuberuntime/security_context.go, verifyRunAsNonRoot. */

import { read } from "../manifest/read";
import { containerRule } from "../rules/object-rule";
import type { RuleContext } from "../rules/rule";

export const runAsUserNumeric = containerRule(
  {
    id: "run-as-user-numeric",
    severity: "medium",
    description:
      "Every container has a numeric user that is not 0, at the pod or at the container, so that the kubelet can tell it is not root. On OpenShift, which assigns one, it may be unset.",
    fix: 'set securityContext.runAsUser to the numeric user of the image; with a user by name the kubelet stops the pod: "container has runAsNonRoot and image has non-numeric user, cannot verify user is non-root"',
    controls: ["MR-37", "CIS 5.2.7", "CIS 5.6.3", "NSA/CISA Pod security"],
  },
  function* ({ node, pod }, context) {
    if (read(pod.spec, "os", "name") === "windows") return;
    const own = read(node, "securityContext", "runAsUser");
    const inherited = own === undefined ? read(pod.spec, "securityContext", "runAsUser") : undefined;
    const got = own ?? inherited;
    if (got === undefined && isOpenShift(context)) return;
    if (typeof got === "number" && Number.isInteger(got) && got > 0 && got < 2 ** 31) return;
    const complaint = { field: "securityContext.runAsUser", got };
    if (inherited === undefined) yield { ...complaint, want: "a number above 0, here or at the pod" };
    else yield { ...complaint, at: "pod", want: "a number above 0" };
  },
);

const isOpenShift = ({ served = [], apiVersions = [] }: RuleContext): boolean =>
  [...served, ...apiVersions].some((api) => api.startsWith("security.openshift.io/"));
