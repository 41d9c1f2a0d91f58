import { serviceExternalIps } from "../../../policy/checks/service-external-ips";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { ruleCases } from "../support/rule-cases";

const service = (externalIPs: unknown, type = "ClusterIP") =>
  object("v1", "Service", { type, externalIPs: externalIPs as string[] });
const must = (got: string) => [`spec.externalIPs must be unset, got ${got}`];

ruleCases(serviceExternalIps, "service-external-ips", [
  ["passes none", [service([]), object("v1", "Service", { type: "LoadBalancer" })]],
  [
    "fails addresses, whatever the type",
    [service(["192.0.2.1"]), service(["::1"], "LoadBalancer")],
    [...must('["192.0.2.1"]'), ...must('["::1"]')],
  ],
  [
    "cannot evaluate unknown ones",
    service(UNKNOWN),
    ["spec.externalIPs cannot be evaluated, got a value unknown until deployment"],
  ],
  ["passes another maker's Service", object("serving.knative.dev/v1", "Service", { externalIPs: ["192.0.2.1"] })],
]);
