import { z } from "zod";
import { dnsLabel, imageShape, isNoPlaceholder, placeholderDigest, resources, text, wholeNumber } from "../schema";
import { environmentWith, httpPath } from "../workload-schema";
import { baseline } from "./baseline";
import { autoscaling, pdb, spread, vpa } from "./scaling";
import { externalSecret } from "./secrets";
import { destination, ingress } from "./traffic";

/** Configuration of one service: an entry of `services`. Defaults are the environment's, see environment-defaults.ts. */

/** Kind of a service: `web` serves requests, `worker` takes its work from a queue or another source, `job` runs to completion. */
export const kinds = ["web", "worker", "job"] as const;
/** Names of resource presets, see environment-defaults.ts. */
const presetNames = ["small", "medium", "large"] as const;

const image = z
  .strictObject({
    ...imageShape,
    tag: imageShape.tag.default(""),
    digest: z
      .string()
      .regex(/^(sha256:[a-f0-9]{64})?$/, "must be pinned as repository@sha256:<64 hex>, lower case")
      .refine(isNoPlaceholder, placeholderDigest)
      .default("")
      .describe("Digest that pins the content; in dev the default comes from the image lock."),
    pullPolicy: imageShape.pullPolicy.default("IfNotPresent"),
    runAsUser: imageShape.runAsUser.optional().describe("Numeric user of the process; default: security.runAsUser."),
    runAsGroup: imageShape.runAsGroup.optional().describe("Numeric group; default: security.runAsUser."),
    fsGroup: imageShape.runAsGroup
      .optional()
      .describe("Group of mounted volumes (fsGroup); default: security.fsGroup."),
  })
  .describe("The service's image.");

const seconds = (most: number) => wholeNumber(1, most, `of seconds from 1 to ${most}`);
const probe = z.union(
  [
    z.literal(false),
    z.strictObject({
      path: httpPath.optional().describe("HTTP path of the probe."),
      port: wholeNumber(1, 65_535).optional().describe("Port of the probe; default: the service's port."),
      command: z.array(z.string()).min(1).optional().describe("Command to run instead of an HTTP probe."),
      periodSeconds: seconds(300).optional().describe("Interval of the probe in seconds."),
      timeoutSeconds: seconds(60).optional().describe("Seconds until a probe times out."),
      failureThreshold: wholeNumber(1, 120).optional().describe("Consecutive failures until the probe has failed."),
    }),
  ],
  "expected a probe such as {path: /healthz}; a worker may say false",
);

/** One entry of `services`. */
export const service = z.strictObject({
  image,
  kind: z
    .enum(kinds, `expected one of ${kinds.join(", ")}`)
    .default("web")
    .describe("web serves requests, worker pulls its work, job runs to completion."),
  port: wholeNumber(1, 65_535).default(8080).describe("Port the container listens on."),
  command: z.array(z.string()).default([]).describe("Command instead of the image's own."),
  args: z.array(z.string()).default([]).describe("Arguments."),
  env: environmentWith("externalSecrets").default({}).describe("Environment variables without credentials."),
  resources: z
    .union(
      [z.enum(presetNames), resources],
      `expected ${presetNames.join(", ")}, or requests and limits with cpu and memory each`,
    )
    .optional()
    .describe("Requests and limits, or a preset's name; default: derived from the baseline."),
  baseline: baseline.optional(),
  probes: z
    .strictObject({
      liveness: probe.optional().describe("Liveness probe; default path: /healthz."),
      readiness: probe.optional().describe("Readiness probe; default path: /readyz."),
      startup: probe.optional().describe("Startup probe; default path: /healthz."),
    })
    .default({}),
  noProbesReason: text("why a worker has no probes")
    .optional()
    .describe("Why a worker has no probes; written as an annotation on its pods."),
  replicas: wholeNumber(1, 500).optional().describe("Replicas, if autoscaling is disabled."),
  autoscaling: autoscaling.prefault({}),
  vpa: vpa.prefault({}),
  pdb: pdb.optional().describe("PodDisruptionBudget; default: maxUnavailable: 1."),
  spread: spread.default({}),
  externalSecrets: z.array(externalSecret).default([]).describe("Required Secrets."),
  destinations: z
    .record(z.string(), destination)
    .default({})
    .describe("Allowed egress besides cluster DNS; everything else is denied."),
  allowFrom: z.array(dnsLabel("a namespace")).default([]).describe("Other namespaces whose pods may reach it."),
  ingress: ingress.optional().describe("Access from outside the cluster."),
  schedule: z
    .string()
    .regex(/^(\S+ ){4}\S+$/, 'expected five fields such as "0 3 * * *"')
    .optional()
    .describe("Cron schedule of a job; if omitted, it runs once after every change of the release."),
  deadlineSeconds: seconds(86_400).default(120).describe("Deadline of a job in seconds."),
  drainSeconds: wholeNumber(0, 60)
    .default(5)
    .describe("Seconds a pod keeps serving after its removal from the Service."),
  terminationGracePeriodSeconds: seconds(600)
    .default(45)
    .describe("Termination grace period in seconds, the drain included."),
});
export type Service = z.output<typeof service>;
