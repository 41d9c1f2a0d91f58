/** A container that runs for ever says when it has started, when it can take work and when it is stuck; without, traffic reaches pods that cannot answer,
 *  a hung process is never restarted, and a slow start is taken for a hung process: until the startup probe has passed the kubelet asks no other.
 *  Fields: startupProbe, readinessProbe and livenessProbe of spec.containers[*] and of init containers that stay (restartPolicy: Always).
 *  Not asked: Jobs and CronJobs, containers that end, pods of Knative, which adds its own. A container ends when its restartPolicy, or else its pod's, is
 *  not Always; from Kubernetes 1.35 an ordinary container may have one (KEP-5307). One that a pod which stays restarts on failure, or whose
 *  restartPolicyRules restart all but some exit codes, is not meant to end.
 *  Declared: a worker nobody sends traffic to carries the annotation below on its pod template, with the reason; it may still have the probes it can answer. */

import { isKind } from "../manifest/is-kind";
import { list, read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { minorOf } from "../rules/api-lifecycle";
import { declaredReason } from "../rules/declared-reason";
import { type ContainerAt, containerRule } from "../rules/object-rule";
import { allOf, anyOf, type Truth } from "../rules/selector";

/** Annotation on a pod template that says, in ten characters or more, why its containers have no probes, or not all three. */
export const noProbesReason = "hardened.pulumi/no-probes";

/** First minor version of Kubernetes in which an ordinary container has a restartPolicy unless it is switched off (ContainerRestartRules). */
const restartPolicySince = 35;

/** Kinds whose pods end. */
const ending = [
  ["batch", "Job"],
  ["batch", "CronJob"],
  ["keda.sh", "ScaledJob"],
] as const;

const handlers = ["exec", "httpGet", "tcpSocket", "grpc"];

export const probes = containerRule(
  {
    id: "probes",
    severity: "medium",
    description:
      "Every long-running container has a startup, a readiness and a liveness probe, unless its pod says why it has none.",
    fix: `add the probe to the container; a worker without any way to tell gives the reason in the pod template's annotation ${noProbesReason}`,
    controls: ["COS-04", "TR-12"],
  },
  function* (container, { kubeVersion }) {
    const { node, pod } = container;
    const { object } = pod.manifest;
    if (ending.some(([group, kind]) => isKind(object, group, kind))) return;
    if (text(object, "apiVersion").startsWith("serving.knative.dev/")) return;
    const declared = declaredReason(pod.metadata, noProbesReason);
    const asked = stays(container, minorOf(kubeVersion) >= restartPolicySince);
    if (asked === false) return;
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      const want = `a probe (${handlers.join(", ")})`;
      const got = read(node, probe);
      const isProbe = handlers.some((handler) => read(got, handler) !== undefined);
      if (got === UNKNOWN || (asked === UNKNOWN && !isProbe)) yield { field: probe, got: UNKNOWN, want, declared };
      else if (got === undefined) yield { field: probe, got, want, declared };
      else if (!isProbe) yield { field: probe, said: "a probe that asks nothing", want, declared };
    }
  },
  true,
);

/** Whether a container is to run for ever. */
function stays({ node, pod, type }: ContainerAt, hasOwn: boolean): Truth {
  const own = read(node, "restartPolicy");
  if (type === "ephemeralContainers") return false;
  if (type === "initContainers") return isAlways(own);
  const ofPod = isAlways(read(pod.spec, "restartPolicy") || "Always");
  if (!hasOwn || own === undefined) return ofPod;
  const restarted = list(node, "restartPolicyRules").some((rule) => read(rule, "exitCodes", "operator") !== "In");
  return anyOf([isAlways(own), allOf([own === "OnFailure" || restarted, ofPod])]);
}

const isAlways = (policy: unknown): Truth => (policy === UNKNOWN ? UNKNOWN : policy === "Always");
