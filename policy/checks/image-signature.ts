/** Where the stack has an image signature policy, only images with a valid signature of a listed signer run (cosign; key pair or keyless).
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].image, spec.volumes[*].image.reference; allowed: images verified beforehand, see
 *  policy/signatures/verify-images.ts. Without `<project>:imageSignatures` nothing is asked. */

import { UNKNOWN } from "../manifest/unknown";
import { imageRule } from "../rules/image-rule";
import type { ObjectRule, RuleInfo } from "../rules/rule";

/** A rule about images that are not verified: those refused and, with "fail", those nobody could check; with "warn" only those nobody could check and that
 *  are not to stop anything. */
export function signatureRule(info: RuleInfo, offline: "fail" | "warn"): ObjectRule {
  return imageRule(info, function* (image, { signatures }) {
    if (signatures === undefined) return;
    const want = "signed by someone the stack names";
    if (image === UNKNOWN && offline === "fail") yield { got: image, want };
    if (typeof image !== "string") return;
    const verdict = signatures.get(image) ?? { outcome: "undetermined", reason: "was not verified", offline: "fail" };
    const undetermined = verdict.outcome === "undetermined";
    if (verdict.outcome === "verified" || (undetermined ? verdict.offline : "fail") !== offline) return;
    yield { said: `${JSON.stringify(image)}: ${verdict.reason}`, want, undetermined };
  });
}

export const imageSignature = signatureRule(
  {
    id: "image-signature",
    severity: "high",
    description: "Every image is signed by someone the stack names, so that only what the build made can run.",
    fix: "sign the image with `cosign sign`, or correct imageSignatures in the stack's file",
    controls: ["CIS 5.5.1", "NSA/CISA Upgrading and application security"],
  },
  "fail",
);
