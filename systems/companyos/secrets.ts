import { z } from "zod";
import { storeKinds } from "../../cluster/secret-stores";
import { dnsLabel, text } from "../schema";

/** Secrets a service gets from a store of the External Secrets Operator. */

/** Key of a Secret and name of the variable it becomes. */
const variable = (what: string) =>
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, `expected ${what}, such as DATABASE_PASSWORD`);

export const store = z.strictObject({
  kind: z
    .enum(storeKinds, "expected ClusterSecretStore or SecretStore")
    .default("ClusterSecretStore")
    .describe("Kind of the store: cluster-wide, or of the namespace."),
  name: dnsLabel("the store's name").describe("Name of the store."),
});

export const externalSecret = z.strictObject({
  target: dnsLabel("the Secret's name").describe("Name of the Secret that is created from the store."),
  store: store.optional().describe("Secret store, if not secretStore."),
  refreshInterval: z
    .string()
    .regex(/^[1-9]\d*[smh]$/, 'expected a duration such as "1h"')
    .default("1h")
    .describe("Refresh interval."),
  data: z
    .array(
      z.strictObject({
        env: variable("a variable's name").describe("Environment variable of the pods."),
        remoteKey: text("the entry's name in the store").describe("Key of the entry in the store."),
        property: z.string().optional().describe("Property of the entry; default: the whole entry."),
      }),
    )
    .min(1, "expected at least one entry")
    .describe("Entries of the Secret."),
});
