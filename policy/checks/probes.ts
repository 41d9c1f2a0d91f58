/** A container that runs for ever says when it can take work and when it is stuck; without, traffic reaches pods that cannot answer and a hung
 *  process is never restarted.
 *  Fields: readinessProbe and livenessProbe of spec.containers[*] and of init containers that stay (restartPolicy: Always).
 *  Not asked: pods that end (Job, CronJob, restartPolicy other than Always), pods of Knative, which adds its own.
 *  Declared: a worker nobody sends traffic to carries the annotation below on its pod template, with the reason. */

import { read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { containerRule } from "../rules/object-rule";

/** Annotation on a pod template that says why its containers have no probes. */
export const noProbesReason = "hardened.pulumi/no-probes";

const handlers = ["exec", "httpGet", "tcpSocket", "grpc"];

export const probes = containerRule(
  {
    id: "probes",
    severity: "medium",
    description:
      "Every long-running container has a readiness and a liveness probe, unless its pod says why it has none.",
    fix: `add the probe to the container; a worker without any way to tell gives the reason in the pod template's annotation ${noProbesReason}`,
    enforcement: { dev: "advisory", staging: "mandatory", prod: "mandatory" },
    controls: ["COS-04", "TR-12"],
  },
  function* ({ node, pod, room }) {
    const { object } = pod.manifest;
    const kind = text(object, "kind");
    if (kind === "Job" || kind === "CronJob" || kind === "ScaledJob") return;
    if (text(object, "apiVersion").startsWith("serving.knative.dev/")) return;
    if ((text(pod.spec, "restartPolicy") || "Always") !== "Always") return;
    if (text(pod.metadata, "annotations", noProbesReason).trim() !== "") return;
    const stays = room === "containers" || (room === "initContainers" && read(node, "restartPolicy") === "Always");
    if (!stays) return;
    for (const probe of ["readinessProbe", "livenessProbe"]) {
      const want = `a probe (${handlers.join(", ")})`;
      const got = read(node, probe);
      if (got === undefined || got === UNKNOWN) yield { field: probe, got, want };
      else if (!handlers.some((handler) => read(got, handler) !== undefined))
        yield { field: probe, said: "a probe that asks nothing", want };
    }
  },
);
