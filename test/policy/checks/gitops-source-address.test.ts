import { gitopsSourceAddress } from "../../../policy/checks/gitops-source-address";
import type { Json } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { deployment } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const application = (repoURL: unknown) =>
  object("argoproj.io/v1alpha1", "Application", { source: { repoURL: repoURL as Json, path: "a" } });
const flux = (kind: string, url: string) => object("source.toolkit.fluxcd.io/v1", kind, { url });
const left = (field: string, what: string) => [`${field} must be filled in, got the placeholder ${what}`];

ruleCases(gitopsSourceAddress, "gitops-source-address", [
  ["passes what fetches nothing", deployment()],
  ["passes an address", application("oci://ghcr.io/acme/charts/web")],
  ["passes parameters of a generator", application("{{ .repoURL }}")],
  [
    "cannot evaluate an unknown one, or what may hold one",
    [application(UNKNOWN), object("source.toolkit.fluxcd.io/v1", "GitRepository", UNKNOWN as never)],
    ["spec.source.repoURL", "spec"].map(
      (field) => `${field} cannot be evaluated, got a value unknown until deployment`,
    ),
  ],
  [
    "passes what a value says",
    object("argoproj.io/v1alpha1", "Application", { source: { helm: { valuesObject: { url: "<host>" } } } }),
  ],
  [
    "passes a gap where no address is",
    object("argoproj.io/v1alpha1", "Application", { info: [{ name: "owner", value: "<team>" }] }),
  ],
  [
    "names the gap of an Application",
    application("oci://<registry>/<repository>/web"),
    left("spec.source.repoURL", "<registry>"),
  ],
  [
    "names it in each of several sources, and in a generator's elements",
    object("argoproj.io/v1alpha1", "ApplicationSet", {
      generators: [{ list: { elements: [{ url: "https://YOUR_ORG.example" }] } }],
      template: { spec: { sources: [{ repoURL: "https://a" }, { repoURL: "REPLACE_ME" }] } },
    }),
    [
      ...left("spec.generators[0].list.elements[0].url", "YOUR_ORG"),
      ...left("spec.template.spec.sources[1].repoURL", "REPLACE_ME"),
    ],
  ],
  ["names the gap of a repository of Git", flux("GitRepository", "https://<host>/a"), left("spec.url", "<host>")],
  ["names the gap of a Helm repository", flux("HelmRepository", "oci://CHANGEME"), left("spec.url", "CHANGEME")],
  ["names the gap of an OCI repository", flux("OCIRepository", "oci://FILL_IN/a"), left("spec.url", "FILL_IN")],
]);
