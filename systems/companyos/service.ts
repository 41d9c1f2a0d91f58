import { z } from "zod";
import { dnsLabel, imageShape, isNoPlaceholder, placeholderDigest, resources, text, wholeNumber } from "../schema";
import { environmentWith, httpPath } from "../workload-schema";
import { baseline } from "./baseline";
import { autoscaling, pdb, spread, vpa } from "./scaling";
import { externalSecret } from "./secrets";
import { destination, ingress } from "./traffic";

/** What a user may say about one service: an entry of `services`. What is left out takes the environment's default, see settings.ts. */

/** What a service is: `web` answers requests, `worker` takes its work from elsewhere, `job` runs to its end. */
export const kinds = ["web", "worker", "job"] as const;
/** Names of ready-made resources, see settings.ts. */
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
      .describe("Digest that pins the content; in dev the image lock may give it."),
    pullPolicy: imageShape.pullPolicy.default("IfNotPresent"),
    runAsUser: imageShape.runAsUser.optional().describe("Numeric user of the process; default: security.runAsUser."),
    runAsGroup: imageShape.runAsGroup.optional().describe("Numeric group; default: security.runAsUser."),
    fsGroup: imageShape.runAsGroup.optional().describe("Group of mounted files; default: security.fsGroup."),
  })
  .describe("The service's image.");

const seconds = (most: number) => wholeNumber(1, most, `of seconds from 1 to ${most}`);
const probe = z.union(
  [
    z.literal(false),
    z.strictObject({
      path: httpPath.optional().describe("What is asked over HTTP."),
      port: wholeNumber(1, 65_535).optional().describe("Port that is asked; the service's own."),
      command: z.array(z.string()).min(1).optional().describe("Command to run instead of asking over HTTP."),
      periodSeconds: seconds(300).optional().describe("Seconds between two questions."),
      timeoutSeconds: seconds(60).optional().describe("Seconds an answer may take."),
      failureThreshold: wholeNumber(1, 120).optional().describe("Failures in a row that count."),
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
    .describe("web answers requests, worker takes its work from elsewhere, job runs to its end."),
  port: wholeNumber(1, 65_535).default(8080).describe("Port the container listens on."),
  command: z.array(z.string()).default([]).describe("Command instead of the image's own."),
  args: z.array(z.string()).default([]).describe("Arguments."),
  env: environmentWith("externalSecrets").default({}).describe("Plain variables; never a credential."),
  resources: z
    .union(
      [z.enum(presetNames), resources],
      `expected ${presetNames.join(", ")}, or requests and limits with cpu and memory each`,
    )
    .optional()
    .describe("Requests and limits, or a preset's name; from the baseline when left out."),
  baseline: baseline.optional(),
  probes: z
    .strictObject({
      liveness: probe.optional().describe("Restarts a container that hangs; /healthz."),
      readiness: probe.optional().describe("Takes a pod that cannot answer out of its Service; /readyz."),
      startup: probe.optional().describe("Gives a slow start time; /healthz."),
    })
    .default({}),
  noProbesReason: text("why a worker has no probes")
    .optional()
    .describe("Why a worker has no probes; written on its pods."),
  replicas: wholeNumber(1, 500).optional().describe("Pods, without an autoscaler."),
  autoscaling: autoscaling.prefault({}),
  vpa: vpa.prefault({}),
  pdb: pdb.optional().describe("How many pods may be evicted at a time; maxUnavailable: 1 when left out."),
  spread: spread.default({}),
  externalSecrets: z.array(externalSecret).default([]).describe("Secrets it needs."),
  destinations: z
    .record(z.string(), destination)
    .default({})
    .describe("Whom it may reach besides cluster DNS; nobody else."),
  allowFrom: z.array(dnsLabel("a namespace")).default([]).describe("Other namespaces whose pods may reach it."),
  ingress: ingress.optional().describe("How it is reached from outside of the cluster."),
  schedule: z
    .string()
    .regex(/^(\S+ ){4}\S+$/, 'expected five fields such as "0 3 * * *"')
    .optional()
    .describe("When a job runs; without, once after every change of the release."),
  deadlineSeconds: seconds(86_400).default(120).describe("Seconds after which a job is stopped."),
  drainSeconds: wholeNumber(0, 60)
    .default(5)
    .describe("Seconds a pod serves on after it was taken out of its Service."),
  terminationGracePeriodSeconds: seconds(600).default(45).describe("Seconds a pod gets to end, the drain included."),
});
export type Service = z.output<typeof service>;
