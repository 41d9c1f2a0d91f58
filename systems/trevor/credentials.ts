import { z } from "zod";
import { storeKinds } from "../../components/secret-stores";
import { dnsLabel, text } from "../schema";

/** Where trevor's credentials come from, and `hardened:trevorCredentials` in a stack's file. */

/** `credentials` of `hardened:trevor`. */
export const credentials = z.discriminatedUnion(
  "from",
  [
    z
      .strictObject({ from: z.literal("config") })
      .describe("From hardened:trevorCredentials, the stack's secret configuration."),
    z
      .strictObject({ from: z.literal("generated") })
      .describe("Made once at random, for the servers of datastores: true."),
    z
      .strictObject({
        from: z.literal("existing"),
        secretName: dnsLabel("the Secret's name").describe("Its name; it must hold DATABASE_URL and REDIS_URL."),
      })
      .describe("A Secret in the namespace that someone else keeps."),
    z
      .strictObject({
        from: z.literal("external"),
        storeKind: z
          .enum(storeKinds)
          .default("ClusterSecretStore")
          .describe("Whether the store is the cluster's or one in trevor's own namespace."),
        storeName: dnsLabel("the store's name").describe("Store of the External Secrets Operator."),
        remoteKey: text("the entry's name in the store").describe(
          "Entry whose properties are DATABASE_URL and REDIS_URL.",
        ),
        refreshInterval: z
          .string()
          .regex(/^\d+[smh]$/, 'expected a duration such as "1h"')
          .default("1h")
          .describe("How often the store is asked."),
      })
      .describe("Kept by the External Secrets Operator."),
  ],
  "expected from: config, generated, existing or external",
);

/** Keys of the Secret, as the program reads them from its environment. */
export const secretKeys = ["DATABASE_URL", "REDIS_URL"] as const;

const address = (key: string, schemes: string, example: string) => {
  const set = `pulumi config set --secret --path trevorCredentials.${key}`;
  return z
    .string(`expected an address such as ${example}; ${set}`)
    .regex(
      new RegExp(`^(${schemes})://[^\\s/]+`),
      `expected an address such as ${example} (what was given is not shown); ${set}`,
    )
    .describe(`Address with user and password, such as ${example}.`);
};

/** `hardened:trevorCredentials`, a secret object: read only when credentials.from is config. Gives the keys of the Secret. */
export const trevorCredentials = z
  .strictObject({
    database_url: address(
      "database_url",
      "postgresql(\\+\\w+)?|postgres",
      "postgresql://user:password@host:5432/database",
    ),
    redis_url: address("redis_url", "rediss?", "redis://:password@host:6379/0"),
  })
  .transform((given) => ({ DATABASE_URL: given.database_url, REDIS_URL: given.redis_url }))
  .describe("The two addresses of trevor, encrypted. Needed when trevor.credentials.from is config.");
