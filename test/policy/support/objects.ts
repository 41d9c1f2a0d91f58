import type { Json, JsonObject, Manifest } from "../../../policy/contract";
import { container } from "./pod";

/** Labels of a component's pods. */
export const component = (name: string): JsonObject => ({ "app.kubernetes.io/component": name });

/** A workload of a component with its selector, changed by `spec`. */
export function workload(name: string, spec: JsonObject = {}, kind = "Deployment", pod: JsonObject = {}): Manifest {
  return {
    object: {
      apiVersion: "apps/v1",
      kind,
      metadata: { name },
      spec: {
        selector: { matchLabels: component(name) },
        template: { metadata: { labels: component(name) }, spec: { containers: [container()], ...pod } },
        ...spec,
      },
    },
  };
}

/** Any object by name. */
export function object(apiVersion: string, kind: string, spec: Json, name = "web", namespace?: string): Manifest {
  return { object: { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, spec } };
}

/** A HorizontalPodAutoscaler of a Deployment. */
export const hpa = (target: string, spec: JsonObject, name = target): Manifest =>
  object(
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    { scaleTargetRef: { kind: "Deployment", name: target }, ...spec },
    name,
  );

/** An object as a hook of Helm's, with its weight. */
export function hook({ object }: Manifest, events: string, weight = "0"): Manifest {
  const annotations = { "helm.sh/hook": events, "helm.sh/hook-weight": weight };
  return { object: { ...object, metadata: { ...(object.metadata as JsonObject), annotations } }, hook: events };
}
