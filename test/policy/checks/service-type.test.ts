import { serviceType } from "../../../policy/checks/service-type";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { ruleCases } from "../support/rule-cases";

const service = (type: unknown) => object("v1", "Service", { ...(type !== undefined && { type: type as string }) });

ruleCases(serviceType, "service-type", [
  ["[TR-03] passes ClusterIP, written or not", [service("ClusterIP"), service(undefined), service("ExternalName")]],
  ["shows a LoadBalancer", service("LoadBalancer"), ['spec.type must be ClusterIP, got "LoadBalancer"']],
  ["shows a NodePort", service("NodePort"), ['spec.type must be ClusterIP, got "NodePort"']],
  ["passes other kinds", object("serving.knative.dev/v1", "Service", { type: "LoadBalancer" })],
  [
    "cannot evaluate an unknown type",
    service(UNKNOWN),
    ["spec.type cannot be evaluated, got a value unknown until deployment"],
  ],
]);
