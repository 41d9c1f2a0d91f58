import { z } from "zod";
import { chartKeys, egressRules, flag, helmKeys, image, objectName, resources, wholeNumber } from "../schema";
import { annotations } from "../workload-schema";
import { settings } from "./service-config";

/** Values of `charts/mailroom`; its values.schema.json is generated from this type. */
export const chartValues = z.strictObject({
  image: image.describe("The service's image."),
  replicaCount: wholeNumber(0, 1).describe("1 runs the service, 0 pauses it; a second copy would sort the same mail."),
  resources: resources.describe("Resources of the service and the setup Job."),
  setup: z.strictObject({
    apply: flag().describe("true creates missing mailboxes and contact groups, false only checks."),
    mode: z
      .enum(["hook", "external"])
      .describe("hook: a Job runs before every install and upgrade. external: setup is done outside the chart."),
  }),
  config: settings.describe("The service's own configuration; unused with existingConfigMap."),
  secrets: z
    .strictObject({
      jmap_token: z.string().describe("API token for mail."),
      carddav_username: z.string().describe("Address of the account."),
      carddav_password: z.string().describe("App password for contacts."),
    })
    .describe("From secrets-values.yaml, never from a committed file; empty with existingSecret."),
  existingSecret: objectName("a Secret's name").describe("Secret with the three MAILROOM_ keys, instead of secrets."),
  existingConfigMap: objectName("a ConfigMap's name").describe(
    "ConfigMap with the key config.yaml, instead of config.",
  ),
  podAnnotations: annotations.describe("Annotations of the service's pod; a change restarts it."),
  namespace: z.strictObject({
    create: flag().describe("true only for `helm template | kubectl apply`."),
    podSecurity: z.strictObject({
      level: z.literal("restricted").describe("Pod Security Standard of the namespace; a lower level is rejected."),
      version: z
        .string()
        .regex(/^(latest|v1\.\d{1,2})$/)
        .describe("Version that is enforced: latest, or such as v1.36."),
    }),
  }),
  networkPolicy: z
    .strictObject({ enabled: flag(), egress: egressRules })
    .describe("For namespaces with a default-deny NetworkPolicy: what the service and the setup Job may reach."),
  ...chartKeys,
  ...helmKeys,
});
export type ChartValues = z.output<typeof chartValues>;
