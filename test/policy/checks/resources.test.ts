import { resources } from "../../../policy/checks/resources";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { container, deployment, podSpec, prod } from "../support/pod";
import { type Case, ruleCases } from "../support/rule-cases";

const both = { cpu: "100m", memory: "64Mi" };
const of = (value: unknown) => deployment(podSpec({ containers: [container({ resources: value as JsonObject })] }));
const must = (got: string) => [
  `container "web": resources must be complete (cpu and memory, requests and limits), got ${got}`,
];

ruleCases(resources, "resources", [
  ["passes requests and limits", of({ requests: both, limits: both })],
  ...(["requests", "limits"] as const).flatMap((room) =>
    (["cpu", "memory"] as const).map((resource): Case => {
      const whole = { requests: both, limits: both };
      const left = { ...whole, [room]: { ...both, [resource]: undefined } };
      return [`[COS-02] fails ${room}.${resource} alone taken away`, of(left), must(`no ${room}.${resource}`)];
    }),
  ),
  [
    "fails limits alone, which the API server would make the requests",
    of({ limits: both }),
    must("no requests.cpu, requests.memory"),
  ],
  [
    "fails what is no quantity",
    of({ requests: { cpu: { toString: null }, memory: "64Mi" }, limits: { cpu: { toString: null }, memory: "64Mi" } }),
    [
      'container "web": resources must be complete (cpu and memory, requests and limits), got no limits.cpu, requests.cpu',
    ],
  ],
  ["passes numbers", of({ requests: { cpu: 1, memory: 64000000 }, limits: { cpu: 1, memory: 64000000 } })],
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
    of({ requests: { cpu: "-1", memory: "1GiB" }, limits: { cpu: "-1", memory: "1GiB" } }),
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
      'container "init": resources must be complete (cpu and memory, requests and limits), got no limits.memory, requests.cpu, requests.memory',
    ],
  ],
  [
    "cannot evaluate unknown limits",
    of({ requests: both, limits: UNKNOWN }),
    ['container "web": resources cannot be evaluated, got a value unknown until deployment'],
  ],
]);

/** A pod with resources as a whole, and containers with their own. */
const whole = (pod: unknown, own: readonly unknown[] = [undefined], rest: JsonObject = {}) =>
  deployment(
    podSpec({
      resources: pod as JsonObject,
      containers: own.map((one, index) =>
        container({ name: index === 0 ? "web" : `web${index}`, resources: one as JsonObject }),
      ),
      ...rest,
    }),
  );
const podMust = (got: string) => [
  `spec.template.spec.resources must be complete (cpu and memory, requests and limits), got ${got}`,
];
const unsure = ['container "web": resources cannot be evaluated, got a value unknown until deployment'];

ruleCases(resources, "resources", [
  ["passes those of the pod as a whole", whole({ requests: both, limits: both }, [undefined, {}])],
  [
    "[COS-02] fails limits of the pod alone, which the API server would make its requests",
    whole({ limits: both }),
    must("no requests.cpu, requests.memory"),
  ],
  [
    "passes init containers of such a pod",
    whole({ requests: both, limits: both }, [undefined], {
      initContainers: [container({ name: "init", resources: {} })],
    }),
  ],
  [
    "passes a container that takes what it leaves out from the pod",
    whole({ requests: both, limits: both }, [{ limits: { cpu: "50m" } }]),
  ],
  ["fails requests of the pod alone", whole({ requests: both }), must("no limits.cpu, limits.memory")],
  [
    "fails a limit the pod leaves out too",
    whole({ limits: { cpu: "1" } }),
    must("no limits.memory, requests.cpu, requests.memory"),
  ],
  [
    "fails a limit of zero of the pod",
    whole({ requests: both, limits: { cpu: 0, memory: "64Mi" } }),
    must("no limits.cpu"),
  ],
  [
    "fails a container for which the pod requests nothing: what it requests is another's",
    whole({ limits: both }, [undefined, { requests: both }]),
    must("no requests.cpu, requests.memory"),
  ],
  [
    "fails a request of the pod above its limit, at the pod",
    whole({ requests: { cpu: "2", memory: "64Mi" }, limits: both }, [{ requests: both, limits: both }]),
    podMust("requests.cpu above limits.cpu"),
  ],
  [
    "fails a limit above the pod's, which the API server refuses",
    whole({ requests: both, limits: both }, [{ requests: both, limits: { cpu: "1", memory: "64Mi" } }]),
    must("limits.cpu above the pod's"),
  ],
  ["cannot evaluate unknown resources of the pod", whole(UNKNOWN), unsure],
  [
    "cannot evaluate an unknown limit of the pod",
    whole({ requests: both, limits: { cpu: UNKNOWN, memory: "1Gi" } }),
    unsure,
  ],
  ["cannot evaluate unknown requests of the pod", whole({ requests: UNKNOWN, limits: both }), unsure],
  [
    "passes unknown resources of the pod where each container has its own",
    whole(UNKNOWN, [{ requests: both, limits: both }]),
  ],
  [
    "fails those of a pod for Windows, which cannot have any",
    whole({ limits: both }, [undefined], { os: { name: "windows" } }),
    must("no limits.cpu, limits.memory, requests.cpu, requests.memory; the pod's own do not count here"),
  ],
]);
ruleCases(
  resources,
  "resources",
  [
    [
      "fails those of the pod where the API server drops them",
      whole({ limits: both }),
      must("no limits.cpu, limits.memory, requests.cpu, requests.memory; the pod's own do not count here"),
    ],
    [
      "passes a pod whose containers have their own",
      whole({ limits: { cpu: "1m" } }, [{ requests: both, limits: both }]),
    ],
  ],
  { ...prod, kubeVersion: "1.33" },
);
ruleCases(resources, "resources", [["passes them from 1.34", whole({ requests: both, limits: both })]], {
  ...prod,
  kubeVersion: "1.34",
});
