/** With `offline: warn` an image whose signature could not be verified does not stop a deployment; it is at least reported.
 *  Fields: those of image-signature; allowed: images that were verified or refused. */
import { signatureRule } from "./image-signature";

export const imageSignatureUnchecked = signatureRule(
  {
    id: "image-signature-unchecked",
    severity: "medium",
    description: "An image whose signature could not be checked is shown, so that it is not taken for verified.",
    fix: "run it again where the registry can be reached, or set offline: fail for the image",
    controls: ["CIS 5.5.1"],
  },
  "warn",
);
