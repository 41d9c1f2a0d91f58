/** What a project tells the pack in its stack's configuration, `<project>:policy`: allowed images, scan reports, exemptions. */
import { z } from "zod";

const pattern = z.string().min(1);
const reason = z.string().trim().min(10, "expected a reason of at least 10 characters");
const expires = z.iso.date('expected a date in quotes such as "2027-01-31"');

/** One exception to one rule, for one object, until one day. */
export const exemptionSchema = z.strictObject({
  rule: z.string().min(1).describe("Id of the rule, e.g. image-digest."),
  object: z
    .string()
    .regex(/^[^/]+\/[^/]+$/, 'expected "Kind/name"')
    .describe('The object as "Kind/name"; * stands for any characters.'),
  namespace: pattern.optional().describe("Namespace of the object; * stands for any characters. Any when left out."),
  container: pattern.optional().describe("Name of the container; * stands for any characters. Any when left out."),
  image: pattern
    .optional()
    .describe("Image of the container, e.g. docker.io/library/*; only findings about a container with it are exempt."),
  reason: reason.describe("Why the rule may be broken here: shown in every report."),
  owner: z.string().trim().min(1).describe("Who answers for it."),
  expires: expires.describe("Last day it counts, as 2027-01-31; after it the exemption is itself a violation."),
});
export type Exemption = Readonly<z.infer<typeof exemptionSchema>>;

/** Everything under `<project>:policy`. */
export const policySettings = z
  .strictObject({
    images: z
      .array(
        z.strictObject({
          namespaces: z.array(pattern).min(1).default(["*"]).describe("Namespaces it counts for."),
          allow: z
            .array(pattern)
            .min(1)
            .describe(
              "Repositories as registry/path; * stands for one part of the path, ** for any number, at the beginning for any registry too. A name without a registry is Docker Hub's.",
            ),
        }),
      )
      .optional()
      .describe("Where images may come from; every entry for a namespace counts. Any registry when left out."),
    forbiddenTags: z
      .array(pattern)
      .default(["latest"])
      .describe("Tags an image without digest must not have; * stands for any characters."),
    defaultDeny: z
      .array(pattern)
      .default([])
      .describe("Namespaces that get a NetworkPolicy which denies all traffic from somewhere else."),
    scans: z
      .strictObject({
        folder: z
          .string()
          .min(1)
          .describe("Folder of Trivy's and Grype's reports (JSON, one file an image), relative to the project."),
        maxAgeHours: z.number().positive().default(168).describe("Age in hours above which a report no longer counts."),
        threshold: z
          .enum(["low", "medium", "high", "critical"])
          .default("high")
          .describe("Least severity of a vulnerability that stops a deployment."),
        accept: z
          .array(
            z.strictObject({
              id: z.string().min(1).describe("Id of the vulnerability, such as CVE-2026-1234."),
              reason: reason.describe("Why it does not count here."),
              expires: expires.describe("Last day it does not count."),
            }),
          )
          .default([])
          .describe("Vulnerabilities that do not count, each with a reason and a last day."),
      })
      .optional()
      .describe(
        "Vulnerability reports every image must have; the pack asks for none when left out, and a stack of staging or prod is then refused.",
      ),
    podKinds: z
      .array(
        z.strictObject({
          group: z
            .string()
            .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'expected an API group such as "batch.example.com"')
            .describe("API group of the kind, without a version."),
          kind: z
            .string()
            .regex(/^[A-Z]\w*$/, 'expected a kind such as "BatchRun"')
            .describe("The kind."),
          path: z
            .string()
            .regex(/^[^.\s]+(?:\.[^.\s]+)*$/, 'expected a path such as "spec.jobTemplate.spec.template"')
            .describe(
              "Where it has a pod template, the object with the pod's metadata and spec, such as spec.jobTemplate.spec.template; * stands for every element of a list or map, as in spec.workers.*.template.",
            ),
        }),
      )
      .optional()
      .describe(
        "Custom kinds that make pods, one entry for each template: judged like Deployments. Argo's Rollout, Knative's Service and Configuration and KEDA's ScaledJob are known without.",
      ),
    exemptions: z.array(exemptionSchema).default([]).describe("Exceptions to single rules."),
  })
  .describe("What the policy pack needs to know: allowed images, scan reports, exemptions.");
export type PolicySettings = Readonly<z.infer<typeof policySettings>>;
