/** What a project tells the pack of image signatures in its stack's configuration, `<project>:imageSignatures`. */
import { z } from "zod";

const who = z
  .union([
    z.string().min(1),
    z.strictObject({ pattern: z.string().min(1).describe("Regular expression that must match all of it.") }),
  ])
  .describe("The exact text, or as pattern: a regular expression that must match all of it.");

const keyless = z.strictObject({
  issuer: who.describe("Who vouched for the signer, e.g. https://token.actions.githubusercontent.com."),
  identity: who.describe("Who signed: the certificate's URI or e-mail address; exact, or pattern: for all of it."),
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
      .describe("Public keys: PEM text, or files relative to the project. A signature by one of them is enough."),
    keyless: keyless.optional().describe("Signer with a short-lived certificate (Fulcio) recorded in a log (Rekor)."),
    unsigned: z
      .string()
      .trim()
      .min(10, "expected a reason of at least 10 characters")
      .optional()
      .describe("Reason why nobody asks for signatures of these images."),
    offline: z
      .enum(["fail", "warn"])
      .default("fail")
      .describe(
        "Whether an image stops the deployment or is only shown where its registry gives no answer at all: no network, no such host, no answer in time. A registry that answers anything, with an error too, is not offline.",
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
        "Repositories as registry/path → who must have signed; * stands for one part of the path, ** for any number. The longest pattern counts; an image without one is refused.",
      ),
    plainHttp: z
      .array(z.string().regex(/^[a-z0-9.-]+(:\d+)?$/, "expected host or host:port"))
      .default([])
      .describe("Registries asked over plain HTTP; loopback always is."),
    timeoutSeconds: z
      .number()
      .positive()
      .max(120)
      .default(10)
      .describe("Seconds all requests about one image may take."),
    admission: z
      .boolean()
      .default(false)
      .describe(
        "Whether the cluster's policy-controller is given these rules too: what is unsigned is then refused at admission, whoever sends it.",
      ),
  })
  .describe("Which images must be signed, and by whom; without it nobody asks.");

export type ImageSettings = z.infer<typeof image>;
export type KeylessSettings = z.infer<typeof keyless>;
export type SignatureSettings = z.infer<typeof signatureSettings>;
