import { writableTmp } from "../../../policy/checks/writable-tmp";
import type { JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { container, deployment, podSpec } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const mounted = (mount: JsonObject, volume: JsonObject = { emptyDir: {} }) =>
  deployment(
    podSpec({
      containers: [container({ volumeMounts: [{ name: "tmp", ...mount }] })],
      volumes: [{ name: "tmp", ...volume }],
    }),
  );
const must = (got: string) => [`container "web": volumeMounts must be a writable volume mounted at /tmp, got ${got}`];

ruleCases(writableTmp, "writable-tmp", [
  ["[MR-35] passes an emptyDir at /tmp", deployment()],
  ["passes a mount path with a slash at its end", mounted({ mountPath: "/tmp/" })],
  ["passes a claim at /tmp", mounted({ mountPath: "/tmp" }, { persistentVolumeClaim: { claimName: "scratch" } })],
  [
    "passes a container whose root can be written: that is another rule's business",
    deployment(podSpec({ containers: [container({ securityContext: {}, volumeMounts: [] })] })),
  ],
  [
    "[MR-35] fails a read-only root without /tmp",
    deployment(podSpec({ containers: [container({ volumeMounts: [] })] })),
    must("nothing mounted at /tmp"),
  ],
  ["fails another folder", mounted({ mountPath: "/var/tmp" }), must("nothing mounted at /tmp")],
  ["fails a mount that is read-only", mounted({ mountPath: "/tmp", readOnly: true }), must("/tmp mounted read-only")],
  [
    "fails a volume the kubelet mounts read-only",
    mounted({ mountPath: "/tmp" }, { configMap: { name: "files" } }),
    must("a configMap volume at /tmp, which is read-only"),
  ],
  [
    "cannot evaluate unknown mounts",
    deployment(podSpec({ containers: [container({ volumeMounts: UNKNOWN as never })] })),
    ['container "web": volumeMounts cannot be evaluated, got a value unknown until deployment'],
  ],
  [
    "cannot evaluate an unknown root without /tmp",
    deployment(
      podSpec({
        containers: [container({ volumeMounts: [], securityContext: { readOnlyRootFilesystem: UNKNOWN as never } })],
      }),
    ),
    ['container "web": volumeMounts cannot be evaluated, got a value unknown until deployment'],
  ],
  ...["secret", "projected", "downwardAPI", "image", "configMap"].map(
    (source) =>
      [
        `fails a volume of ${source}, which the kubelet mounts read-only`,
        mounted({ mountPath: "/tmp" }, { [source]: {} }),
        must(`a ${source} volume at /tmp, which is read-only`),
      ] as const,
  ),
  [
    "passes ephemeral containers, which a person starts",
    deployment(
      podSpec({ ephemeralContainers: [{ name: "debug", securityContext: { readOnlyRootFilesystem: true } }] }),
    ),
  ],
  [
    "passes Windows, which has no such folder",
    deployment(podSpec({ os: { name: "windows" }, containers: [container({ volumeMounts: [] })] })),
  ],
]);
