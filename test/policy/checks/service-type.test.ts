import { serviceType } from "../../../policy/checks/service-type";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { ruleCases } from "../support/rule-cases";

const service = (type: unknown, rest = {}) =>
  object("v1", "Service", { ...(type !== undefined && { type: type as string }), ...rest });

ruleCases(serviceType, "service-type", [
  ["[TR-03] passes ClusterIP, written or not", [service("ClusterIP"), service(undefined), service("ExternalName")]],
  ["shows a LoadBalancer", service("LoadBalancer"), ['spec.type must be ClusterIP, got "LoadBalancer"']],
  ["shows a NodePort", service("NodePort"), ['spec.type must be ClusterIP, got "NodePort"']],
  [
    "shows addresses of its own",
    service("ClusterIP", { externalIPs: ["192.0.2.1"] }),
    ['spec.externalIPs must be unset, got ["192.0.2.1"]'],
  ],
  ["passes other kinds", object("serving.knative.dev/v1", "Service", { type: "LoadBalancer" })],
  [
    "cannot evaluate an unknown type",
    service(UNKNOWN),
    ["spec.type cannot be evaluated, got a value unknown until deployment"],
  ],
]);
