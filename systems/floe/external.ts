import { z } from "zod";
import { isPlaceholder } from "../credentials";
import { wholeNumber } from "../schema";
import { certificates, cidrsOf, region, roleShape, sslmode } from "./chart-schema";

/** External servers: `external` of the database and of the object store. */

/** A host name reserved for documentation (RFC 2606), or a placeholder. */
const isExample = (host: string): boolean =>
  isPlaceholder(host) || /(^|\.)example(\.(com|net|org))?$/i.test(host) || /[<>]/.test(host);
const placeholder = "still a placeholder; put the server's real name";

/** Host of an address; empty when it has none. */
const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).hostname : address);

const host = z
  .string("expected a host name or an address")
  .refine((name) => !isExample(name), { error: placeholder, abort: true })
  .regex(/^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-f:]*:[0-9a-f:.]+)$/, "expected a host name or an address")
  .describe("Host name of the server.");

const role = (name: string, what: string) =>
  z
    .strictObject({
      database: roleShape.database.default(name).describe("Name of the database."),
      user: roleShape.user.default(name).describe("Role that owns it."),
    })
    .prefault({})
    .describe(`Database of ${what}, and the role that logs in.`);

/** `postgresql.external`. */
export const externalDatabase = z
  .strictObject({
    host,
    port: wholeNumber(1, 65_535).default(5432).describe("Its port."),
    sslmode: sslmode.default("require").describe("TLS of the connections, as libpq has it."),
    ca: certificates.default("").describe("Certificates of its authority as PEM text, for verify-ca and verify-full."),
    cidrs: cidrsOf("the server").default([]),
    dagster: role("dagster", "Dagster"),
    warehouse: role("floe", "dbt"),
    lineage: role("marquez", "the lineage server"),
    catalog: role("polaris", "Polaris"),
  })
  .superRefine(({ sslmode: mode, ca }, context) => {
    if (!mode.startsWith("verify-") || ca !== "") return;
    const message = `missing; sslmode ${mode} verifies the server's certificate: put those of its authority here`;
    context.addIssue({ code: "custom", path: ["ca"], message });
  })
  .describe("The server of mode external. Its passwords are in hardened:floeCredentials.");

/** `objectStorage.external`. */
export const externalStore = z
  .strictObject({
    endpoint: z
      .string("expected http:// or https:// and an address")
      .regex(/^https?:\/\/[^\s/?#@]+\/?$/, {
        error: "expected http:// or https:// and an address, without credentials and path",
        abort: true,
      })
      .refine((address) => !isExample(hostOf(address)), placeholder)
      .describe("S3 endpoint, such as https://s3.eu-central-1.amazonaws.com."),
    region: region.default("us-east-1").describe("Its region."),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "expected a bucket of 3 to 63 lower-case letters, digits and -")
      .default("floe")
      .describe("Bucket of dbt's artifacts and of Polaris' tables."),
    cidrs: cidrsOf("the object store").default([]),
  })
  .describe("The object store of mode external. Its keys are in hardened:floeCredentials.");

/** A part of the configuration whose mode decides whether it has `external`. */
interface WithExternal {
  readonly mode: string;
  readonly external?: unknown;
}

/** `external` is there exactly in mode external. */
export function refineExternal({ mode, external }: WithExternal, context: z.RefinementCtx): void {
  const complain = (message: string): void => context.addIssue({ code: "custom", path: ["external"], message });
  if (mode === "external" && external === undefined)
    complain("missing; mode external needs it: say where the server is");
  if (mode !== "external" && external !== undefined)
    complain(`mode is ${mode}, so that nothing reads this; set mode to external, or remove it`);
}
