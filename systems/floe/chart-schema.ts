import { z } from "zod";
import { cidr, dnsLabel, objectName, resources, wholeNumber } from "../schema";

/** Keys that both charts of floe have. */

/** Logical environment: a label's value. */
export const environmentName = z
  .strictObject({
    environment: z
      .union([z.literal(""), dnsLabel("the environment", 40)])
      .describe("Logical environment, as the label floe.dev/environment of every object; required."),
  })
  .describe("Shared by all parts.");

export const artifactsText = z.string().describe("Compiled artifacts as JSON text; at most 1 MB.");

/** Resources of a part; an empty map selects those of the preset. */
export const partResources = z.union(
  [resources, z.strictObject({})],
  "expected requests and limits with cpu and memory, or an empty map for those of resourcePreset",
);

export const volumeSize = z
  .string()
  .regex(/^[1-9]\d*(Mi|Gi|Ti)$/, 'expected a size such as "10Gi"')
  .describe("Size of a volume.");

/** Region of an object store, as S3 clients sign it. */
export const region = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected a region such as eu-central-1");

export const storageClass = objectName("a StorageClass").describe(
  "StorageClass of the volume; default: the cluster's default.",
);

/** Addresses of an external server, for the egress rules of its clients. */
export const cidrsOf = (what: string) =>
  z.array(cidr).describe(`CIDR ranges of ${what}; if empty, its port is reachable at any address.`);

/** `sslmode` of PostgreSQL clients, as in libpq. */
export const sslmode = z.enum(
  ["disable", "prefer", "require", "verify-ca", "verify-full"],
  "expected disable, prefer, require, verify-ca or verify-full",
);

/** Certificates as text; no private key. */
export const certificates = z
  .string()
  .regex(
    /^(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)*$/,
    "expected certificates as PEM text, or an empty text",
  );

/** Database and role of one part on an external server. */
export const roleShape = {
  database: z.string().regex(/^[A-Za-z0-9_.-]{1,63}$/, "expected the name of a database"),
  user: z.string().regex(/^[A-Za-z0-9_.@-]{1,63}$/, "expected the name of a role"),
};
/** Servers of a Cluster of CloudNativePG. */
export const instances = wholeNumber(1, 9, "of servers from 1 to 9");
