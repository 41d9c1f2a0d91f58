import { z } from "zod";
import { chartKeys, dnsLabel, flag, image, imageShape, objectName, resources, wholeNumber } from "../schema";
import { command, destinations, environment } from "../workload-schema";
import { artifactsText, certificates, environmentName, region, sslmode } from "./chart-schema";

/** Values of `charts/floe-jobs`; its values.schema.json is generated from this type. */

const seconds = (lowest: number, highest: number) =>
  wholeNumber(lowest, highest, `of seconds from ${lowest} to ${highest}`);
const limits = {
  activeDeadlineSeconds: seconds(10, 604_800).describe("Deadline in seconds for all attempts together."),
  backoffLimit: wholeNumber(0, 10, "of tries from 0 to 10").describe("Number of retries."),
};
const schedule = z
  .string()
  .regex(
    /^$|^@(hourly|daily|weekly|monthly|yearly|annually|midnight)$|^[\d*/,A-Za-z-]+( +[\d*/,A-Za-z?-]+){4}$/,
    'expected a cron expression of five fields such as "0 * * * *", or an empty text',
  )
  .describe("Schedule it is started by. If omitted, it is only started by hand.");

const job = z
  .strictObject({
    name: dnsLabel("the job's name", 40).describe("Name, once."),
    image: z
      .strictObject({
        repository: imageShape.repository.optional(),
        tag: imageShape.tag.optional(),
        digest: imageShape.digest.optional(),
        pullPolicy: imageShape.pullPolicy.optional(),
        runAsUser: imageShape.runAsUser.optional(),
        runAsGroup: imageShape.runAsGroup.optional(),
      })
      .optional()
      .describe("Default: the chart's image, key by key."),
    command: command.optional().describe("Replaces the image's command."),
    args: command.optional().describe("Arguments: a command of dbt and its arguments, such as [build]."),
    schedule: schedule.optional(),
    atDeployment: flag()
      .optional()
      .describe("Whether it runs once at the deployment too, and again with a deployment that changes it."),
    artifacts: artifactsText.optional().describe("Its own compiled artifacts. Default: those of all jobs."),
    env: environment.optional().describe("Environment variables, without credentials."),
    envFromSecrets: z
      .array(objectName("a Secret's name").min(1, "expected a Secret's name"))
      .optional()
      .describe("Secrets whose keys become variables."),
    resources: resources.optional().describe("Default: defaults.resources."),
    activeDeadlineSeconds: limits.activeDeadlineSeconds.optional(),
    backoffLimit: limits.backoffLimit.optional(),
  })
  .superRefine(({ args = [], command: words = [] }, context) => {
    if (args.length + words.length > 0) return;
    context.addIssue({
      code: "custom",
      path: ["args"],
      message: "expected a command of dbt, such as [build], since command is empty too",
    });
  });

/** Values of `charts/floe-jobs`. */
export const jobsChartValues = z.strictObject({
  global: environmentName,
  image: image.describe("Image of dbt, with or without a project."),
  artifacts: artifactsText,
  project: z
    .record(
      z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, "expected a relative path such as models/total.sql"),
      z.string(),
    )
    .describe("The dbt project, by path; at most 1 MB together. If empty, it is in the image."),
  warehouse: z
    .strictObject({
      host: z.string().min(1, "expected a host name").describe("Host of the database."),
      port: wholeNumber(1, 65_535).describe("Its port."),
      database: z.string().min(1, "expected a database").describe("Its name."),
      user: z.string().min(1, "expected a role").describe("Role that builds the models."),
      schema: z.string().min(1, "expected a schema").describe("Schema the models are built in."),
      sslmode: sslmode.describe("TLS of the connection, as libpq has it."),
      ca: certificates.describe("Certificates of the server's authority as PEM text, for verify-ca and verify-full."),
      existingSecret: objectName("a Secret's name").describe("Secret with DBT_ENV_SECRET_PASSWORD."),
    })
    .describe("The database that models are built in."),
  scheduler: z
    .enum(["dagster", "kubernetes"], "expected dagster or kubernetes")
    .describe(
      "What starts scheduled jobs. dagster: Dagster creates the Jobs, and each CronJob is suspended. kubernetes: the CronJobs that have a schedule.",
    ),
  jobs: z.array(job).describe("The jobs, each a CronJob."),
  defaults: z
    .strictObject({
      resources: resources.describe("Resources of a job."),
      ...limits,
      ttlSecondsAfterFinished: seconds(60, 604_800).describe("Seconds a finished Job is kept."),
    })
    .describe("Defaults of every job."),
  lineage: z
    .strictObject({
      url: z
        .string()
        .regex(/^(https?:\/\/\S+)?$/, "expected http:// or https:// and an address, or an empty text")
        .describe("OpenLineage server; if empty, no events are sent."),
      namespace: z.string().describe("Namespace of the events' jobs; default: floe-<environment>."),
    })
    .describe("Lineage events of dbt's runs."),
  objectStorage: z
    .strictObject({
      endpoint: z
        .string()
        .regex(/^(https?:\/\/\S+)?$/, "expected http:// or https:// and an address, or an empty text")
        .describe("S3 endpoint; if empty, dbt's artifacts are not kept."),
      region: region.describe("Its region."),
      bucket: dnsLabel("the bucket").describe("Bucket the artifacts are kept in."),
      existingSecret: objectName("a Secret's name").describe(
        "Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      ),
    })
    .describe("Where dbt's artifacts are kept."),
  networkPolicy: z
    .strictObject({ destinations: destinations.describe("What the jobs may reach beside cluster DNS, by name.") })
    .describe("Everything else is refused."),
  ...chartKeys,
});
export type JobsChartValues = z.output<typeof jobsChartValues>;
