/** Kinds whose controllers install what they point at: nobody sees the objects here. Sources: the CustomResourceDefinitions of their projects. Pure. */
import type { JsonObject } from "../contract";
import { groupOf } from "../manifest/kind-table";
import { list, read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";

/** What an object points at, and where it says so. */
export interface Source {
  readonly field: string;
  readonly source: unknown;
}

const crossplanePackages = ["Configuration", "Function", "Provider"];
const sveltosProfiles = ["ClusterProfile", "Profile"];

/** Fields that name a source, by group and kind: those that are there count, the first of them when none is. A last step `*` is every item of a list. */
const fields: ReadonlyMap<string, readonly string[]> = new Map([
  ["argoproj.io Application", ofApplication("spec")],
  ["argoproj.io ApplicationSet", ofApplication("spec.template.spec")],
  // Flux, its operator, and its first version
  ["helm.toolkit.fluxcd.io HelmRelease", ["spec.chartRef", "spec.chart.spec"]],
  ["kustomize.toolkit.fluxcd.io Kustomization", ["spec.path"]],
  ["fluxcd.controlplane.io FluxInstance", ["spec.distribution", "spec.sync"]],
  ["fluxcd.controlplane.io ResourceSet", ["spec.resourcesTemplate", "spec.inputsFrom"]],
  ["helm.fluxcd.io HelmRelease", ["spec.chart"]],
  // Rancher: Fleet, the Helm controller of k3s and RKE2
  ["fleet.cattle.io GitRepo", ["spec"]],
  ["fleet.cattle.io HelmOp", ["spec.helm"]],
  ["fleet.cattle.io Bundle", ["spec.helm", "spec.resources"]],
  ["helm.cattle.io HelmChart", ["spec"]],
  ["helm.cattle.io HelmChartConfig", ["spec.valuesContent"]],
  ["helm.k0sproject.io Chart", ["spec"]],
  // Carvel
  ["kappctrl.k14s.io App", ["spec.fetch.*"]],
  ["packaging.carvel.dev PackageInstall", ["spec.packageRef"]],
  // Others
  ["configsync.gke.io RootSync", ["spec.git", "spec.oci", "spec.helm"]],
  ["configsync.gke.io RepoSync", ["spec.git", "spec.oci", "spec.helm"]],
  ["gitops.kluctl.io KluctlDeployment", ["spec.source.git", "spec.source.oci"]],
  ["addons.cluster.x-k8s.io HelmChartProxy", ["spec"]],
  ["addons.cluster.x-k8s.io ClusterResourceSet", ["spec.resources.*"]],
  ...sveltosProfiles.map(
    (kind) =>
      [
        `config.projectsveltos.io ${kind}`,
        ["spec.helmCharts.*", "spec.kustomizationRefs.*", "spec.policyRefs.*"],
      ] as const,
  ),
  ["helm.crossplane.io Release", ["spec.forProvider.chart"]],
  ...crossplanePackages.map((kind) => [`pkg.crossplane.io ${kind}`, ["spec"]] as const),
  ["operators.coreos.com Subscription", ["spec"]],
  ["olm.operatorframework.io ClusterExtension", ["spec.source.catalog"]],
  ["apps.open-cluster-management.io Subscription", ["spec"]],
]);

function ofApplication(spec: string): readonly string[] {
  return [`${spec}.source`, `${spec}.sources.*`, `${spec}.sourceHydrator.drySource`];
}

/** What an object has its controller install; nothing for other kinds. */
export function sourcesOf(object: JsonObject): readonly Source[] {
  const named = fields.get(`${groupOf(text(object, "apiVersion"))} ${text(object, "kind")}`);
  if (named === undefined) return [];
  const found = named.flatMap((path) => sourcesAt(object, path));
  return found.length > 0 ? found : sourcesAt(object, named[0] as string, true);
}

function sourcesAt(object: JsonObject, path: string, always = false): Source[] {
  const keys = path.split(".");
  if (keys.at(-1) === "*") {
    const field = keys.slice(0, -1).join(".");
    const items = list(object, ...keys.slice(0, -1));
    if (items[0] === UNKNOWN && read(object, ...keys.slice(0, -1)) === UNKNOWN) return [{ field, source: UNKNOWN }];
    return items.length === 0 && always
      ? [{ field, source: undefined }]
      : items.map((source, index) => ({ field: `${field}[${index}]`, source }));
  }
  const source = read(object, ...keys);
  if (source === undefined && !always) return [];
  // A Kustomization without a path takes the whole repository.
  return [{ field: path, source: keys.at(-1) === "path" ? { path: source ?? "./" } : source }];
}

/** What a source names, an address without whoever may sign in to it. */
export function wordsOf(source: unknown): string {
  const first = (...keys: readonly string[]): string =>
    keys.map((key) => text(source, key)).find((one) => one !== "") ?? "";
  const chart = first("chart", "chartName", "name");
  const bundle = first("package", "packageName", "refName");
  const path = first("path", "dir") || text(list(source, "paths")[0]);
  const where =
    first("repoURL", "repo", "url", "repository", "repositoryURL", "git", "image") || text(source, "sourceRef", "name");
  const repository = where.replace(/\/\/[^/]*@/, "//");
  const what =
    chart !== "" ? `chart ${chart}` : bundle !== "" ? `package ${bundle}` : path !== "" ? `folder ${path}` : "a source";
  return repository === "" ? what : `${what} of ${repository}`;
}
