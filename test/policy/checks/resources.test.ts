import { resources } from "../../../policy/checks/resources";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { container, deployment, podSpec } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const both = { cpu: "100m", memory: "64Mi" };
const of = (value: unknown) => deployment(podSpec({ containers: [container({ resources: value as JsonObject })] }));
const must = (got: string) => [
  `container "web": resources must be complete (cpu and memory, requests and limits), got ${got}`,
];

ruleCases(resources, "resources", [
  ["passes requests and limits", of({ requests: both, limits: both })],
  ["passes limits alone: the API server makes them the requests", of({ limits: both })],
  [
    "fails what is no quantity",
    of({ limits: { cpu: { toString: null }, memory: "64Mi" } }),
    [
      'container "web": resources must be complete (cpu and memory, requests and limits), got no limits.cpu, requests.cpu',
    ],
  ],
  ["passes numbers", of({ limits: { cpu: 1, memory: 64000000 } })],
  [
    "passes ephemeral containers, which cannot have any",
    deployment(podSpec({ ephemeralContainers: [{ name: "debug" }] })),
  ],
  ["fails nothing at all", of(undefined), must("no limits.cpu, limits.memory, requests.cpu, requests.memory")],
  ["fails requests alone", of({ requests: both }), must("no limits.cpu, limits.memory")],
  ["fails one missing limit", of({ requests: both, limits: { cpu: "1" } }), must("no limits.memory")],
  [
    "fails a limit of zero, which is no limit",
    of({ requests: both, limits: { cpu: "0", memory: "0Mi" } }),
    must("no limits.cpu, limits.memory"),
  ],
  [
    "fails less than nothing, and what only looks like a quantity",
    of({ limits: { cpu: "-1", memory: "1GiB" } }),
    must("no limits.cpu, limits.memory, requests.cpu, requests.memory"),
  ],
  [
    "fails thousandths of a byte",
    of({ requests: both, limits: { cpu: "1", memory: "128m" } }),
    must("no limits.memory"),
  ],
  [
    "fails a request above its limit, which the API server refuses",
    of({ requests: { cpu: "1.5", memory: "1Gi" }, limits: { cpu: "1500m", memory: "1G" } }),
    must("requests.memory above limits.memory"),
  ],
  [
    "fails init containers",
    deployment(podSpec({ initContainers: [container({ name: "init", resources: { limits: { cpu: "1" } } })] })),
    [
      'container "init": resources must be complete (cpu and memory, requests and limits), got no limits.memory, requests.memory',
    ],
  ],
  [
    "cannot judge unknown limits",
    of({ requests: both, limits: UNKNOWN }),
    ['container "web": resources cannot be judged, got a value unknown until deployment'],
  ],
]);
