import { registryAllowList } from "../../../policy/checks/registry-allow-list";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import type { RuleContext } from "../../../policy/rules/rule";
import { policySettings } from "../../../policy/settings/settings-schema";
import { container, deployment, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const of = (image: unknown) => deployment(podSpec({ containers: [container({ image: image as string })] }));
const allowing = (...allow: string[]): RuleContext => ({
  ...prod,
  settings: policySettings.parse({ images: [{ allow }, { namespaces: ["other-*"], allow: ["quay.io/**"] }] }),
});
const must = (allowed: string, got: string) => [`container "web": image must be of ${allowed}, got ${got}`];
const hub = "docker.io/kubezen/*";

ruleCases(
  registryAllowList,
  "registry-allow-list",
  [
    ["[ZN-62] passes an allowed repository of Docker Hub by its short name", of("kubezen/zen-agent:1.0")],
    ["[ZN-64] passes it written out", of("docker.io/kubezen/zen-agent:1.0")],
    ["[ZN-64] passes it by another name of Docker Hub", of("index.docker.io/kubezen/zen-agent@sha256:0")],
    ["[ZN-64] fails a short name", of("nginx"), must(hub, '"nginx" (docker.io/library/nginx)')],
    [
      "[ZN-64] fails it written out",
      of("docker.io/library/nginx"),
      must(hub, '"docker.io/library/nginx" (docker.io/library/nginx)'),
    ],
    ["[ZN-64] fails any other", of("index.docker.io/x/y"), must(hub, '"index.docker.io/x/y" (docker.io/x/y)')],
    [
      "fails a registry that begins with an allowed name",
      of("docker.io.example/kubezen/zen-agent"),
      must(hub, '"docker.io.example/kubezen/zen-agent" (docker.io.example/kubezen/zen-agent)'),
    ],
    [
      "fails a path below the one that is allowed: * is one part",
      of("kubezen/zen-agent/evil"),
      must(hub, '"kubezen/zen-agent/evil" (docker.io/kubezen/zen-agent/evil)'),
    ],
    [
      "fails a path that leads out of the one that is allowed",
      of("docker.io/kubezen/..@sha256:0"),
      must(hub, '"docker.io/kubezen/..@sha256:0" (no name of an image)'),
    ],
    ["passes a registry whatever its case", of("Docker.IO/kubezen/zen-agent")],
    ["fails a path in capitals, which is another one", of("KubeZen/a"), must(hub, '"KubeZen/a" (kubezen/a)')],
    [
      "fails an image mounted as a volume",
      deployment(
        podSpec({
          containers: [container({ image: "kubezen/a" })],
          volumes: [{ name: "m", image: { reference: "m" } }],
        }),
      ),
      [`spec.template.spec.volumes[0].image.reference must be of ${hub}, got "m" (docker.io/library/m)`],
    ],
    ["fails what is no image", of(null), must(hub, "unset")],
    [
      "cannot evaluate an unknown image",
      of(UNKNOWN),
      ['container "web": image cannot be evaluated, got a value unknown until deployment'],
    ],
  ],
  allowing("kubezen/*"),
);

ruleCases(
  registryAllowList,
  "registry-allow-list",
  [
    ["[ZN-63] passes a registry with a port", of("registry.kube-zen.io:5000/zen-agent")],
    ["[ZN-63] passes what CI pushes", of("ghcr.io/kube-zen/zen-agent:sha")],
    ["passes any depth for **", of("Example.com/a/b/c:1")],
  ],
  allowing("registry.kube-zen.io:5000/*", "ghcr.io/kube-zen/*", "example.com/**"),
);

ruleCases(
  registryAllowList,
  "registry-allow-list",
  [
    ["passes Docker Hub for **", of("nginx")],
    ["passes any other registry for **", of("registry.example:5000/a/b/c:1")],
  ],
  allowing("**"),
);

ruleCases(
  registryAllowList,
  "registry-allow-list",
  [
    ["passes the second of two", of("ghcr.io/team/web")],
    [
      "fails what is of neither, and names both",
      of("quay.io/x"),
      must("docker.io/kubezen/* or ghcr.io/team/*", '"quay.io/x" (quay.io/x)'),
    ],
    [
      "fails what has no name",
      of("/web"),
      must("docker.io/kubezen/* or ghcr.io/team/*", '"/web" (no name of an image)'),
    ],
    ["fails a number", of(7), must("docker.io/kubezen/* or ghcr.io/team/*", "7")],
  ],
  allowing("kubezen/*", "ghcr.io/team/*"),
);

const both = policySettings.parse({ images: [{ namespaces: ["other", "apps"], allow: ["quay.io/**"] }] });
ruleCases(registryAllowList, "registry-allow-list", [["passes in the second namespace of an entry", of("quay.io/x")]], {
  ...prod,
  settings: both,
});

const elsewhere = policySettings.parse({ images: [{ namespaces: ["other"], allow: ["quay.io/**"] }] });
ruleCases(
  registryAllowList,
  "registry-allow-list",
  [
    [
      "fails everything in a namespace nothing is allowed for",
      of("quay.io/x"),
      [
        'container "web": image must be of a repository allowed in namespace apps (there is none), got "quay.io/x" (quay.io/x)',
      ],
    ],
  ],
  { ...prod, settings: elsewhere },
);

ruleCases(registryAllowList, "registry-allow-list", [["asks nothing without a list", of("nginx")]]);
