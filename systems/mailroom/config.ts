import { z } from "zod";
import { credentialsFrom, isPlaceholder } from "../credentials";
import { dnsLabel, flag, imageShape, resources, wholeNumber } from "../schema";
import { destinations } from "../workload-schema";
import { unreachableEndpoints } from "./destinations";
import { settings } from "./service-config";

/** Configuration of mailroom: `hardened:mailroom` and `hardened:mailroomCredentials` in a stack's file. */

const image = z
  .strictObject({
    ...imageShape,
    repository: imageShape.repository.default("ghcr.io/hellothisisflo/mailroom"),
    tag: imageShape.tag.default("latest"),
    digest: imageShape.digest.default(""),
    pullPolicy: imageShape.pullPolicy
      .optional()
      .describe("Default: Always for latest without digest, else IfNotPresent."),
    runAsUser: imageShape.runAsUser.default(10001),
    runAsGroup: imageShape.runAsGroup.default(10001),
  })
  .refine(({ tag, digest }) => tag !== "" || digest !== "", {
    path: ["tag"],
    message: "expected a tag, a digest, or both",
  });

const credentials = credentialsFrom({
  system: "mailroom",
  keys: "the three MAILROOM_ keys",
  properties: "the three keys",
  generated: "; only for a mail server that accepts any.",
});

/** `hardened:mailroom` in a stack's file. Every key has a default. */
export const mailroomConfig = z
  .strictObject({
    enabled: flag().default(true).describe("Whether this stack runs mailroom."),
    namespace: dnsLabel("the namespace").default("mailroom").describe("Dedicated namespace, created by the stack."),
    release: dnsLabel("the release name", 53).default("mailroom").describe("Name of the Helm release."),
    image: image.prefault({}).describe("The service's image."),
    replicaCount: wholeNumber(0, 1, "0 or 1: a second copy would sort the same mail twice")
      .default(1)
      .describe("1 runs it, 0 pauses it."),
    resources: resources
      .default({ requests: { memory: "64Mi", cpu: "100m" }, limits: { memory: "128Mi", cpu: "100m" } })
      .describe("Resources of the service and the setup Job."),
    setup: z
      .strictObject({
        apply: flag().default(false).describe("true creates missing mailboxes and contact groups, false only checks."),
      })
      .prefault({}),
    config: settings.prefault({}).describe("The service's own configuration."),
    credentials: credentials.default({ from: "config" }).describe("Source of the three credentials."),
    networkPolicy: z
      .strictObject({
        destinations: destinations
          .default({})
          .describe(
            "Additional destinations the pods may reach, by name. The ports of config.fastmail are open to public addresses, or to the address it names.",
          ),
      })
      .prefault({})
      .describe("What the pods may reach; everything else is denied."),
    nameOverride: dnsLabel("the name").optional().describe("Replaces the chart's name in labels and names."),
    fullnameOverride: dnsLabel("the full name").optional().describe("Full name of the release's objects."),
    mailServer: flag()
      .default(false)
      .describe("Runs a mail server in the cluster and uses it instead of Fastmail; for evaluation."),
    mailServerNodePort: z
      .union([z.literal(0), wholeNumber(30_000, 32_767)], "expected 0, or a node port from 30000 to 32767")
      .default(0)
      .describe("Node port of the mail server's page; 0 disables it. The page has no access control."),
  })
  .refine(({ mailServer, config }) => !(mailServer && config.fastmail), {
    path: ["mailServer"],
    message: "mailServer and config.fastmail both name the server to use: choose one",
  })
  .superRefine((config, context) => {
    for (const { key, problem } of unreachableEndpoints(config))
      context.addIssue({ code: "custom", path: ["config", "fastmail", key], message: problem });
  })
  .describe("The mailroom system.");
export type MailroomConfig = z.output<typeof mailroomConfig>;

/** Keys of the Secret, as the service reads them from its environment. */
export const secretKeys = ["MAILROOM_JMAP_TOKEN", "MAILROOM_CARDDAV_USERNAME", "MAILROOM_CARDDAV_PASSWORD"] as const;

const setCredential = (key: string): string => `pulumi config set --secret --path mailroomCredentials.${key}`;
const credential = (key: string, what: string) =>
  z
    .string(`expected ${what}; ${setCredential(key)}`)
    .regex(/\S/, { error: `expected ${what}, not an empty text; ${setCredential(key)}`, abort: true })
    .refine((value) => !isPlaceholder(value), `still a placeholder; put the real value: ${setCredential(key)}`)
    .describe(`${what.charAt(0).toUpperCase()}${what.slice(1)}.`);

/** `hardened:mailroomCredentials`, a secret object: read only when credentials.from is config. Maps to the keys of the Secret. */
export const mailroomCredentials = z
  .strictObject({
    jmap_token: credential("jmap_token", "the API token for mail"),
    carddav_username: credential("carddav_username", "the address of the account"),
    carddav_password: credential("carddav_password", "the app password for contacts"),
  })
  .transform((given) => ({
    MAILROOM_JMAP_TOKEN: given.jmap_token,
    MAILROOM_CARDDAV_USERNAME: given.carddav_username,
    MAILROOM_CARDDAV_PASSWORD: given.carddav_password,
  }))
  .describe("The three credentials of mailroom, each encrypted. Required if mailroom.credentials.from is config.");
