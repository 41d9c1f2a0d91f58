import { hostAliases } from "../../../policy/checks/host-aliases";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { deployment, podSpec } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const of = (value: unknown) => deployment(podSpec({ hostAliases: value as never }));

ruleCases(hostAliases, "host-aliases", [
  ["passes none", deployment()],
  ["passes an empty list", of([])],
  [
    "fails an address",
    of([{ ip: "10.0.0.1", hostnames: ["db"] }]),
    ["spec.template.spec.hostAliases must be unset, got addresses fixed for names"],
  ],
  [
    "cannot evaluate unknown ones",
    of(UNKNOWN),
    ["spec.template.spec.hostAliases cannot be evaluated, got a value unknown until deployment"],
  ],
]);
