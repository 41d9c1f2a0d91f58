import { gitopsSource } from "../../../policy/checks/gitops-source";
import type { Json } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { deployment } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const application = (spec: Json, kind = "Application") => object("argoproj.io/v1alpha1", kind, spec);
const flux = (spec: Json) => object("helm.toolkit.fluxcd.io/v2", "HelmRelease", spec);
const unseen = (field: string, what: string) => [`${field} cannot be judged, got ${what}, which nobody has seen here`];
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
  ["tells one that names nothing", application({}), unseen("spec.source", "a source")],
  [
    "cannot judge an unknown source",
    application({ source: UNKNOWN as unknown as Json }),
    ["spec.source cannot be judged, got a value unknown until deployment"],
  ],
]);
