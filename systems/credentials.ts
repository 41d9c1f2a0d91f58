import { z } from "zod";
import { storeKinds } from "../cluster/secret-stores";
import { dnsLabel, text } from "./schema";

/** What differs between systems whose credentials are one Secret. */
export interface CredentialsTexts {
  /** System, as its key in a stack's file. */
  readonly system: string;
  /** Description of the Secret's keys, e.g. "the three MAILROOM_ keys". */
  readonly keys: string;
  /** Description of the properties of a store's entry. */
  readonly properties: string;
  /** When generated credentials are appropriate. */
  readonly generated: string;
}

/** Placeholders for credentials in example files and manuals; charts/hardened has the same list for charts without a stack. */
const placeholder =
  /^\s*((your|replace|insert|enter|put)[-_ ].*|.*[-_ ]here|change[-_ ]?me|<[^>]*>|\$\{[^}]*\}|x{3,}([-_ ]x+)*|\*{3,}|\.{3,}|…|todo|tbd|placeholder)\s*$/i;

/** Whether a text is a placeholder for a credential. */
export const isPlaceholder = (value: string): boolean => placeholder.test(value);

/** `credentials` of a system: the four sources of components/app-secret.ts. */
export const credentialsFrom = ({ system, keys, properties, generated }: CredentialsTexts) =>
  z.discriminatedUnion(
    "from",
    [
      z
        .strictObject({ from: z.literal("config") })
        .describe(`From hardened:${system}Credentials, the stack's secret configuration.`),
      z.strictObject({ from: z.literal("generated") }).describe(`Generated once at random${generated}`),
      z
        .strictObject({
          from: z.literal("existing"),
          secretName: dnsLabel("the Secret's name").describe(`Name of the Secret; it must contain ${keys}.`),
        })
        .describe("An existing Secret in the namespace."),
      z
        .strictObject({
          from: z.literal("external"),
          storeKind: z
            .enum(storeKinds)
            .default("ClusterSecretStore")
            .describe(`Kind of the store: cluster-wide, or in ${system}'s namespace.`),
          storeName: dnsLabel("the store's name").describe("Store of the External Secrets Operator."),
          remoteKey: text("the entry's name in the store").describe(`Entry whose properties are ${properties}.`),
          refreshInterval: z
            .string()
            .regex(/^\d+[smh]$/, 'expected a duration such as "1h"')
            .default("1h")
            .describe("Refresh interval."),
        })
        .describe("Synced by the External Secrets Operator."),
    ],
    "expected from: config, generated, existing or external",
  );
