import { z } from "zod";
import { dnsLabel, flag, wholeNumber } from "../schema";
import { store } from "./secrets";
import { service } from "./service";

/** Configuration of the platform: `hardened:companyos` in a stack's file. */

/** A service's name, which its objects and its DNS name have too. */
const serviceName = dnsLabel("a service's name", 52);

const userId = (what: string) => wholeNumber(1, 2 ** 31 - 1, `above 0, a numeric ${what}`);

const security = z.strictObject({
  runAsUser: userId("user").default(10001).describe("Default user of the services."),
  fsGroup: userId("group").default(10001).describe("Group of mounted volumes (fsGroup)."),
  seccomp: z
    .union(
      [
        z.literal("RuntimeDefault"),
        z.strictObject({ localhost: z.string().min(1).describe("Profile below the kubelet's seccomp folder.") }),
      ],
      "expected RuntimeDefault, or localhost with a profile's path",
    )
    .default("RuntimeDefault")
    .describe("Seccomp profile of the containers."),
});

/** `hardened:companyos` in a stack's file. Without services nothing is deployed. */
export const companyosConfig = z
  .strictObject({
    enabled: flag().default(true).describe("false disables the platform, even if services are configured."),
    namespace: dnsLabel("the namespace").default("companyos").describe("Dedicated namespace, created by the stack."),
    release: dnsLabel("the release name", 53).default("companyos").describe("Name of the Helm release."),
    services: z
      .record(z.string(), service)
      .superRefine((services, context) => {
        const refuse = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
        if (Object.keys(services).length === 0) refuse([], "expected at least one service");
        for (const name of Object.keys(services))
          for (const { message } of serviceName.safeParse(name).error?.issues ?? []) refuse([name], message);
      })
      .optional()
      .describe("The services, by name."),
    secrets: z
      .enum(["external", "generated"], "expected external or generated")
      .default("external")
      .describe("Source of the services' Secrets: a store, or generated once at random, for evaluation in dev."),
    secretStore: store
      .optional()
      .describe("Store of the External Secrets Operator that the services' Secrets come from."),
    security: security.prefault({}),
    scrape: z
      .enum(
        ["annotations", "serviceMonitor", "vmServiceScrape", "off"],
        "expected annotations, serviceMonitor, vmServiceScrape or off",
      )
      .default("annotations")
      .describe("How Prometheus or VictoriaMetrics discovers the services' metrics."),
    monitoringNamespace: dnsLabel("the namespace")
      .default("monitoring")
      .describe("Namespace whose pods may read the metrics of every service."),
  })
  .superRefine(({ services, ...rest }, context) => {
    if (services !== undefined || !rest.enabled || rest.namespace === "companyos") return;
    context.addIssue({ code: "custom", path: ["services"], message: "missing; expected at least one service" });
  })
  .describe("The platform: many services of one hardened chart.");
export type CompanyosConfig = z.output<typeof companyosConfig>;
