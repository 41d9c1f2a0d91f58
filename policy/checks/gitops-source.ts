/** An object that makes a controller install something stands for objects nobody here has seen: what it points at is evaluated where it is, or not at all.
 *  Fields: where the custom resources of Argo CD, Flux, Fleet, the Helm controllers of k3s and k0s, Carvel, Config Sync, Kluctl, Cluster API, Sveltos,
 *  Crossplane's packages, Open Cluster Management and the Operator Lifecycle Manager name a source (rules/gitops-sources.ts). Never opened: the revision
 *  a controller takes may be another than the one at hand, unless the object pins it by its digest (rules/delivery.ts). */
import { UNKNOWN } from "../manifest/unknown";
import { sourcesOf, wordsOf } from "../rules/gitops-sources";
import { type Complaint, objectRule } from "../rules/object-rule";

export const gitopsSource = objectRule(
  {
    id: "gitops-source",
    severity: "medium",
    description:
      "What a custom resource has its controller install, such as an Application, HelmRelease or GitRepo, is validated separately, as it is not visible here.",
    fix: "let the component GitOpsDelivery make it, which pins the chart that is evaluated; or evaluate what it points at where it is (bin/hardened check <chart folder> --values <file>) and exempt it",
    controls: ["MR-54"],
  },
  function* ({ object }, { sourceEvaluated }) {
    if (sourceEvaluated === true) return;
    for (const { field, source } of sourcesOf(object)) {
      const complaint: Complaint = { field, want: "evaluated where it is", undetermined: true };
      if (source === UNKNOWN) yield { ...complaint, got: UNKNOWN };
      else yield { ...complaint, said: `${wordsOf(source)}, which nobody has seen here` };
    }
  },
);
