/** An object that makes a controller install something stands for objects nobody here has seen: what it points at is judged where it is, or not at all.
 *  Fields: Argo CD's Application and ApplicationSet (spec.source, spec.sources, also in spec.template), Flux's HelmRelease (spec.chart, spec.chartRef)
 *  and Kustomization (spec.path). Never opened: the revision a controller takes may be another than the one at hand. */
import type { JsonObject } from "../contract";
import { list, read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { type Complaint, objectRule } from "../rules/object-rule";

export const gitopsSource = objectRule(
  {
    id: "gitops-source",
    severity: "medium",
    description:
      "What an Application, HelmRelease or Kustomization points at is judged on its own, as it cannot be seen from here.",
    fix: "judge what it points at too: bin/hardened check <chart folder> --values <file>, or the folder of manifests",
    enforcement: { dev: "advisory", staging: "advisory", prod: "advisory" },
    controls: ["MR-54"],
  },
  function* ({ object }) {
    for (const { field, source } of sourcesOf(object)) {
      const complaint: Complaint = { field, want: "judged where it is", undetermined: true };
      if (source === UNKNOWN) yield { ...complaint, got: UNKNOWN };
      else yield { ...complaint, said: `${wordsOf(source)}, which nobody has seen here` };
    }
  },
);

interface Source {
  readonly field: string;
  readonly source: unknown;
}

function sourcesOf(object: JsonObject): Source[] {
  const [group = ""] = text(object, "apiVersion").split("/");
  const kind = text(object, "kind");
  if (group === "argoproj.io" && kind === "Application") return ofApplication("spec", read(object, "spec"));
  if (group === "argoproj.io" && kind === "ApplicationSet")
    return ofApplication("spec.template.spec", read(object, "spec", "template", "spec"));
  if (group === "helm.toolkit.fluxcd.io" && kind === "HelmRelease") {
    const chart = read(object, "spec", "chart", "spec");
    if (chart !== undefined) return [{ field: "spec.chart.spec", source: chart }];
    return [{ field: "spec.chartRef", source: read(object, "spec", "chartRef") }];
  }
  if (group === "kustomize.toolkit.fluxcd.io" && kind === "Kustomization")
    return [{ field: "spec.path", source: { path: read(object, "spec", "path") ?? "./" } }];
  return [];
}

function ofApplication(at: string, spec: unknown): Source[] {
  const several = list(spec, "sources").map((source, index) => ({ field: `${at}.sources[${index}]`, source }));
  return several.length > 0 ? several : [{ field: `${at}.source`, source: read(spec, "source") }];
}

/** What a source names, an address without whoever may sign in to it. */
function wordsOf(source: unknown): string {
  const chart = text(source, "chart") || text(source, "name");
  const path = text(source, "path");
  const repository = (text(source, "repoURL") || text(source, "sourceRef", "name")).replace(/\/\/[^/]*@/, "//");
  const what = chart !== "" ? `chart ${chart}` : path !== "" ? `folder ${path}` : "a source";
  return repository === "" ? what : `${what} of ${repository}`;
}
