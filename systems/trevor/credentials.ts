import { z } from "zod";
import { sealedValue } from "../../config/sealed-value";
import { credentialsFrom, isPlaceholder } from "../credentials";

/** Where trevor's credentials come from, and `hardened:trevorCredentials` in a stack's file. */

/** `credentials` of `hardened:trevor`. */
export const credentials = credentialsFrom({
  system: "trevor",
  keys: "DATABASE_URL and REDIS_URL",
  properties: "DATABASE_URL and REDIS_URL",
  generated: ", for the servers of datastores: true.",
});

/** Keys of the Secret, as the program reads them from its environment. */
export const secretKeys = ["DATABASE_URL", "REDIS_URL"] as const;

/** The password in an address; empty when there is none. */
const passwordOf = (address: string): string => /^[^:]+:\/\/[^/@:]*:([^@]*)@/.exec(address)?.[1] ?? "";

const address = (key: string, schemes: string, example: string) => {
  const set = `pulumi config set --secret --path trevorCredentials.${key}`;
  const pattern = new RegExp(`^(${schemes})://[^\\s/]+`);
  return z
    .string(`expected an address such as ${example}; ${set}`)
    .refine(
      (value) => value === sealedValue || pattern.test(value),
      `expected an address such as ${example} (what was given is not shown); ${set}`,
    )
    .refine(
      (value) => value !== example && !isPlaceholder(passwordOf(value)),
      `still a placeholder; put the real address: ${set}`,
    )
    .describe(`Address with user and password, such as ${example}.`);
};

/** `hardened:trevorCredentials`, a secret object: read only when credentials.from is config. Maps to the keys of the Secret. */
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
  .describe("The two addresses of trevor, encrypted. Required if trevor.credentials.from is config.");
