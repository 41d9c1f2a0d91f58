import { gitopsSource } from "../../../policy/checks/gitops-source";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { deployment } from "../support/pod";
import { type Case, ruleCases } from "../support/rule-cases";

const application = (spec: Json, kind = "Application") => object("argoproj.io/v1alpha1", kind, spec);
const flux = (spec: Json) => object("helm.toolkit.fluxcd.io/v2", "HelmRelease", spec);
const unseen = (field: string, what: string) => [
  `${field} cannot be evaluated, got ${what}, which nobody has seen here`,
];
const repoURL = "https://git.example/team/web";

ruleCases(gitopsSource, "gitops-source", [
  ["passes what installs nothing of its own", [deployment(), object("argoproj.io/v1alpha1", "AppProject", {})]],
  [
    "passes kinds of the same name of somebody else",
    [object("app.k8s.io/v1beta1", "Application", {}), object("kustomize.config.k8s.io/v1beta1", "Kustomization", {})],
  ],
  [
    "tells the chart of an Application",
    application({ source: { repoURL: "https://charts.example", chart: "web", targetRevision: "1.0" } }),
    unseen("spec.source", "chart web of https://charts.example"),
  ],
  [
    "tells the folder of one, and shows nobody's password",
    application({ source: { repoURL: "https://me:hunter2@git.example/team/web", path: "charts/web" } }),
    unseen("spec.source", "folder charts/web of https://git.example/team/web"),
  ],
  [
    "tells each of several sources",
    application({
      sources: [
        { repoURL, path: "a" },
        { repoURL, path: "b" },
      ],
    }),
    [...unseen("spec.sources[0]", `folder a of ${repoURL}`), ...unseen("spec.sources[1]", `folder b of ${repoURL}`)],
  ],
  [
    "tells what the Applications of a set point at",
    application({ template: { spec: { source: { repoURL, path: "{{path}}" } } } }, "ApplicationSet"),
    unseen("spec.template.spec.source", `folder {{path}} of ${repoURL}`),
  ],
  [
    "tells the chart of a HelmRelease",
    flux({ chart: { spec: { chart: "./charts/web", sourceRef: { kind: "GitRepository", name: "web" } } } }),
    unseen("spec.chart.spec", "chart ./charts/web of web"),
  ],
  [
    "tells a reference to one",
    flux({ chartRef: { kind: "OCIRepository", name: "web" } }),
    unseen("spec.chartRef", "chart web"),
  ],
  [
    "tells the folder of a Kustomization",
    object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", { path: "./apps" }),
    unseen("spec.path", "folder ./apps"),
  ],
  [
    "tells a Kustomization of the whole repository",
    object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", {}),
    unseen("spec.path", "folder ./"),
  ],
  [
    "passes other kinds of Flux",
    [object("helm.toolkit.fluxcd.io/v2", "Other", {}), object("source.toolkit.fluxcd.io/v1", "HelmRelease", {})],
  ],
  ...(
    [
      ["fleet.cattle.io/v1alpha1", "GitRepo", { repo: repoURL, paths: ["a", "b"] }, "spec", `folder a of ${repoURL}`],
      [
        "fleet.cattle.io/v1alpha1",
        "HelmOp",
        { helm: { repo: repoURL, chart: "web" } },
        "spec.helm",
        `chart web of ${repoURL}`,
      ],
      ["fleet.cattle.io/v1alpha1", "Bundle", { resources: [{ content: "kind: Pod" }] }, "spec.resources", "a source"],
      ["helm.cattle.io/v1", "HelmChart", { repo: repoURL, chart: "web" }, "spec", `chart web of ${repoURL}`],
      ["helm.cattle.io/v1", "HelmChartConfig", { valuesContent: "a: b" }, "spec.valuesContent", "a source"],
      ["kappctrl.k14s.io/v1alpha1", "App", { fetch: [{ git: { url: repoURL } }] }, "spec.fetch[0]", "a source"],
      [
        "packaging.carvel.dev/v1alpha1",
        "PackageInstall",
        { packageRef: { refName: "web" } },
        "spec.packageRef",
        "package web",
      ],
      [
        "configsync.gke.io/v1beta1",
        "RootSync",
        { git: { repo: repoURL, dir: "a" } },
        "spec.git",
        `folder a of ${repoURL}`,
      ],
      [
        "fluxcd.controlplane.io/v1",
        "FluxInstance",
        { sync: { url: repoURL, path: "a" } },
        "spec.sync",
        `folder a of ${repoURL}`,
      ],
      ["pkg.crossplane.io/v1", "Provider", { package: "registry.example/aws" }, "spec", "package registry.example/aws"],
      [
        "helm.fluxcd.io/v1",
        "HelmRelease",
        { chart: { repository: repoURL, name: "web" } },
        "spec.chart",
        `chart web of ${repoURL}`,
      ],
    ] as [string, string, JsonObject, string, string][]
  ).map(
    ([apiVersion, kind, spec, field, what]): Case => [
      `tells what a ${kind} of ${apiVersion} installs`,
      object(apiVersion, kind, spec),
      unseen(field, what),
    ],
  ),
  [
    "tells what Argo CD writes elsewhere before it takes it",
    application({ sourceHydrator: { drySource: { repoURL, path: "a" } } }),
    unseen("spec.sourceHydrator.drySource", `folder a of ${repoURL}`),
  ],
  [
    "cannot evaluate unknown sources",
    application({ sources: UNKNOWN as unknown as Json }),
    ["spec.sources cannot be evaluated, got a value unknown until deployment"],
  ],
  ["tells one that names nothing", application({}), unseen("spec.source", "a source")],
  [
    "cannot evaluate an unknown source",
    application({ source: UNKNOWN as unknown as Json }),
    ["spec.source cannot be evaluated, got a value unknown until deployment"],
  ],
]);
