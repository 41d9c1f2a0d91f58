/** What a project tells the pack in its stack's configuration, `<project>:policy`: allowed images, scan reports, exemptions. */
import { z } from "zod";
import { shortestReason } from "./shortest-reason";
import { tokenAudiences } from "./token-audiences";

const pattern = z.string().min(1);
const reason = z.string().trim().min(shortestReason, `expected a reason of at least ${shortestReason} characters`);
const expires = z.iso.date('expected a date in quotes such as "2027-01-31"');

/** One exception to one rule, for one object, until one day. */
export const exemptionSchema = z.strictObject({
  rule: z.string().min(1).describe("ID of the rule, e.g. image-digest."),
  object: z
    .string()
    .regex(/^[^/]+\/[^/]+$/, 'expected "Kind/name"')
    .describe('The object as "Kind/name"; * matches any characters but /.'),
  namespace: pattern.optional().describe("Namespace of the object; * matches any characters. Default: any."),
  container: pattern.optional().describe("Name of the container; * matches any characters. Default: any."),
  image: pattern
    .optional()
    .describe(
      "Image of the container, e.g. docker.io/library/*, where * matches any characters but / and ** any; only findings about containers with this image are suppressed.",
    ),
  reason: reason.describe("Reason for the exemption, shown in every report."),
  owner: z.string().trim().min(1).describe("Owner of the exemption."),
  expires: expires.describe("Last day it applies, such as 2027-01-31; an expired exemption is itself a violation."),
});
export type Exemption = Readonly<z.infer<typeof exemptionSchema>>;

/** Everything under `<project>:policy`. */
export const policySettings = z
  .strictObject({
    images: z
      .array(
        z.strictObject({
          namespaces: z.array(pattern).min(1).default(["*"]).describe("Namespaces it applies to."),
          allow: z
            .array(pattern)
            .min(1)
            .describe(
              "Repositories as registry/path; * matches one part of the path, ** any number, at the beginning any registry too. A name without a registry means Docker Hub.",
            ),
        }),
      )
      .optional()
      .describe("Allowed image sources; every entry for a namespace applies. If omitted, any registry is allowed."),
    forbiddenTags: z
      .array(pattern)
      .default(["latest"])
      .describe("Tags forbidden for images without a digest; * matches any characters."),
    defaultDeny: z
      .array(pattern)
      .default([])
      .describe("Namespaces whose default-deny NetworkPolicy is created outside the checked objects."),
    tokenAudiences: z
      .array(pattern)
      .default([...tokenAudiences])
      .describe(
        "Audiences a projected service account token may have; list none that the cluster's API server accepts (its --api-audiences).",
      ),
    scans: z
      .strictObject({
        folder: z
          .string()
          .min(1)
          .describe("Folder of Trivy's and Grype's reports (JSON, one file per image), relative to the project."),
        maxAgeHours: z.number().positive().default(168).describe("Maximum age of a report in hours."),
        threshold: z
          .enum(["low", "medium", "high", "critical"])
          .default("high")
          .describe("Minimum severity of a vulnerability that blocks a deployment."),
        accept: z
          .array(
            z.strictObject({
              id: z.string().min(1).describe("ID of the vulnerability, such as CVE-2026-1234."),
              reason: reason.describe("Why it is accepted."),
              expires: expires.describe("Last day it is accepted."),
            }),
          )
          .default([])
          .describe("Accepted vulnerabilities, each with a reason and an expiry date."),
      })
      .optional()
      .describe(
        "Vulnerability reports required for every image. Optional in dev; without it a stack of staging or prod is refused.",
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
              "Path of its pod template, the object with the pod's metadata and spec, such as spec.jobTemplate.spec.template; * matches every element of a list or map, as in spec.workers.*.template.",
            ),
        }),
      )
      .optional()
      .describe(
        "Custom kinds that create pods, one entry per pod template, validated like Deployments. Built in: Argo's Rollout, Knative's Service and Configuration, KEDA's ScaledJob.",
      ),
    exemptions: z.array(exemptionSchema).default([]).describe("Exemptions from single rules; they suppress findings."),
  })
  .describe("Settings of the policy pack: allowed images, scan reports, exemptions.");
export type PolicySettings = Readonly<z.infer<typeof policySettings>>;
