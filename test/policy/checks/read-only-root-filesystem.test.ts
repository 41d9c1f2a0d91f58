import { readOnlyRootFilesystem } from "../../../policy/checks/read-only-root-filesystem";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { container, deployment, manifest, podSpec } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const loose = (value: unknown) => container({ securityContext: { readOnlyRootFilesystem: value as boolean } });
const must = (name: string, got: string) =>
  `container "${name}": securityContext.readOnlyRootFilesystem must be true, got ${got}`;

ruleCases(readOnlyRootFilesystem, "read-only-root-filesystem", [
  ["passes a read-only root", deployment()],
  [
    "passes a pod for Windows, which has no such setting",
    deployment(podSpec({ os: { name: "windows" }, containers: [loose(false)] })),
  ],
  ["passes objects without pods", manifest("v1", "ConfigMap", { data: { a: "b" } })],
  ["[MR-34] [MR-54] fails false", deployment(podSpec({ containers: [loose(false)] })), [must("web", "false")]],
  [
    "fails a container without a security context",
    deployment(podSpec({ containers: [{ name: "web" }] })),
    [must("web", "unset")],
  ],
  ["fails a text that only looks true", deployment(podSpec({ containers: [loose("true")] })), [must("web", '"true"')]],
  [
    "fails init and ephemeral containers too, each by name",
    deployment(podSpec({ initContainers: [{ name: "init" }], ephemeralContainers: [{ name: "debug" }] })),
    [must("init", "unset"), must("debug", "unset")],
  ],
  [
    "fails the pod of a CronJob",
    manifest("batch/v1", "CronJob", {
      spec: { jobTemplate: { spec: { template: { spec: podSpec({ containers: [loose(false)] }) } } } },
    }),
    [must("web", "false")],
  ],
  [
    "cannot evaluate an unknown value",
    deployment(podSpec({ containers: [loose(UNKNOWN)] })),
    [
      'container "web": securityContext.readOnlyRootFilesystem cannot be evaluated, got a value unknown until deployment',
    ],
  ],
]);
