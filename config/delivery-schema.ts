import { z } from "zod";

/** `<` and `>` are not allowed in an address, so that a placeholder of an example is refused. */
const repository = z
  .string()
  .regex(
    /^oci:\/\/[a-z0-9.-]+(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*$/,
    "expected a registry and a path in lower case, such as oci://ghcr.io/acme/charts, without a version and without a password",
  )
  .describe("Where bin/hardened chart push has put the charts; a chart is below it, under its name.");

const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "expected a name of lower-case letters, digits and hyphens")
  .max(63);

/** Who installs the charts of a stack's systems. */
export const deliverySettings = z
  .discriminatedUnion("with", [
    z.strictObject({ with: z.literal("release") }).describe("This program, with Helm, before it goes on."),
    z
      .strictObject({
        with: z.literal("argocd"),
        repository,
        namespace: kubernetesName.describe(
          "Namespace that Argo CD looks for Application objects in: its own, or one of its application namespaces.",
        ),
        project: kubernetesName.default("default").describe("Argo CD project the Applications belong to."),
      })
      .describe("Argo CD: one Application for each release. The repository's credentials are Argo CD's."),
    z
      .strictObject({
        with: z.literal("flux"),
        repository,
        registrySecret: kubernetesName
          .optional()
          .describe(
            "Secret of type kubernetes.io/dockerconfigjson, in the namespace of every release, to pull the charts with.",
          ),
        plainHttp: z
          .boolean()
          .default(false)
          .describe("Whether the registry is asked without TLS: for a registry on this machine, in dev."),
      })
      .describe("Flux: an OCIRepository and a HelmRelease for each release, in the release's namespace."),
  ])
  .default({ with: "release" })
  .describe(
    "Who installs the charts: this program, Argo CD or Flux. All three install the same chart with the same values; the policy pack validates them in each way.",
  );

/** Settings of `hardened:delivery`. */
export type Delivery = z.output<typeof deliverySettings>;

/** Delivery by a controller. */
export type GitOps = Exclude<Delivery, { readonly with: "release" }>;

/** Environment-specific errors of the delivery, as lines that begin with the key. */
export const deliveryMistakes = (delivery: Delivery | undefined, environment: unknown, project: string): string[] =>
  delivery?.with === "flux" && delivery.plainHttp && environment !== "dev" && environment !== undefined
    ? [`${project}:delivery.plainHttp: only in dev: without TLS anybody on the way can answer in the registry's place`]
    : [];
