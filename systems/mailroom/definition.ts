import { externalRequirements } from "../../cluster/secret-stores";
import { defineSystem } from "../define-system";
import { namedNamespaces } from "../destinations";
import { chartValues } from "./chart-values";
import { type MailroomConfig, mailroomConfig, mailroomCredentials, secretKeys } from "./config";
import { mailServerChartValues } from "./mail-server-chart-values";
import { mailServer } from "./mail-server-values";

/** Mailroom: sorts the mail of one account. */
export const mailroom = defineSystem<MailroomConfig>({
  name: "mailroom",
  summary: "sorts mail by rules; one worker, and a setup Job that checks the account first",
  config: mailroomConfig,
  credentials: mailroomCredentials,
  isEnabled: (config) => config.enabled,
  requires: (config) => [
    {
      system: "mailroom",
      namespace: config.namespace,
      release: config.release,
      existingSecret:
        config.credentials.from === "existing" ? { name: config.credentials.secretName, keys: secretKeys } : undefined,
      ...(config.credentials.from === "external" &&
        externalRequirements("hardened:mailroom.credentials", config.credentials)),
      namespaces: namedNamespaces(config.networkPolicy.destinations, "hardened:mailroom.networkPolicy.destinations"),
    },
    ...(config.mailServer ? [{ system: "mail-server", ...mailServer(config) }] : []),
  ],
  charts: { mailroom: chartValues, "mail-server": mailServerChartValues },
  component: () => import("./component"),
  demo: () => import("./demo"),
});
