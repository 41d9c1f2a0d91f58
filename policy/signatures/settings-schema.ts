/** What a project tells the pack of image signatures in its stack's configuration, `<project>:imageSignatures`. */
import { z } from "zod";

const who = z
  .union([
    z.string().min(1),
    z.strictObject({ pattern: z.string().min(1).describe("Regular expression that must match the whole text.") }),
  ])
  .describe("The exact text, or as pattern: a regular expression that must match the whole text.");

const keyless = z.strictObject({
  issuer: who.describe("OIDC issuer of the signer, e.g. https://token.actions.githubusercontent.com."),
  identity: who.describe("Identity of the signer: the certificate's URI or e-mail address; exact, or a pattern."),
  trustRoot: z
    .string()
    .min(1)
    .describe("trusted_root.json with the authorities and logs to trust, relative to the project."),
});

const image = z
  .strictObject({
    keys: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("Public keys: PEM text, or files relative to the project. One valid signature is enough."),
    keyless: keyless.optional().describe("Signer with a short-lived certificate (Fulcio) recorded in a log (Rekor)."),
    unsigned: z
      .string()
      .trim()
      .min(10, "expected a reason of at least 10 characters")
      .optional()
      .describe("Reason why signatures of these images are not verified."),
    offline: z
      .enum(["fail", "warn"])
      .default("fail")
      .describe(
        "Whether an unreachable registry fails the deployment or only warns: no network, unknown host, timeout. A registry that answers, even with an error, is not offline.",
      ),
  })
  .refine(({ keys, keyless, unsigned }) => (unsigned === undefined) === (keys !== undefined || keyless !== undefined), {
    message: "expected keys or keyless, or unsigned alone",
  });

/** Everything under `<project>:imageSignatures`. */
export const signatureSettings = z
  .strictObject({
    images: z
      .record(z.string().min(1), image)
      .describe(
        "Repositories as registry/path → required signer; * matches one part of the path, ** any number. The longest matching pattern applies; an image that matches none is refused.",
      ),
    plainHttp: z
      .array(z.string().regex(/^[a-z0-9.-]+(:\d+)?$/, "expected host or host:port"))
      .default([])
      .describe("Registries reached over plain HTTP; loopback always is."),
    timeoutSeconds: z
      .number()
      .positive()
      .max(120)
      .default(10)
      .describe("Timeout in seconds for all requests about one image."),
    admission: z
      .boolean()
      .default(false)
      .describe(
        "Whether the cluster's policy-controller enforces these rules too: unsigned images are then rejected at admission, from any client.",
      ),
  })
  .describe("Which images must be signed, and by whom; without it nobody asks.");

export type ImageSettings = z.infer<typeof image>;
export type KeylessSettings = z.infer<typeof keyless>;
export type SignatureSettings = z.infer<typeof signatureSettings>;
