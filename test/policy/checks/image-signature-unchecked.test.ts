import { imageSignatureUnchecked } from "../../../policy/checks/image-signature-unchecked";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import type { RuleContext } from "../../../policy/rules/rule";
import { container, deployment, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const context: RuleContext = {
  ...prod,
  signatures: new Map([
    ["good", { outcome: "verified", offline: "warn", reason: "" }],
    ["bad", { outcome: "refused", offline: "warn", reason: "" }],
    ["open", { outcome: "undetermined", offline: "fail", reason: "" }],
    ["open-warn", { outcome: "undetermined", offline: "warn", reason: "registry a.test does not answer" }],
  ]),
};
const of = (image: unknown) => deployment(podSpec({ containers: [container({ image: image as string })] }));

ruleCases(
  imageSignatureUnchecked,
  "image-signature-unchecked",
  [
    [
      "shows an image nobody could check where the stack only warns",
      of("open-warn"),
      ['container "web": image cannot be evaluated, got "open-warn": registry a.test does not answer'],
    ],
    ...["good", "bad", "open", "new", UNKNOWN].map(
      (image) => [`leaves ${String(image)} to image-signature`, of(image)] as const,
    ),
  ],
  context,
);

ruleCases(imageSignatureUnchecked, "image-signature-unchecked", [
  ["asks for nothing where the stack names nobody", of("open-warn")],
]);
