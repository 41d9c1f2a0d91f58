import { imageSignature } from "../../../policy/checks/image-signature";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import type { RuleContext } from "../../../policy/rules/rule";
import { container, deployment, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const verdict = (outcome: "verified" | "refused" | "undetermined", offline: "fail" | "warn" = "fail") =>
  ({ outcome, offline, reason: `is ${outcome}` }) as const;

/** What was found out before the rule is asked. */
const found: RuleContext = {
  ...prod,
  signatures: new Map([
    ["good", verdict("verified")],
    ["bad", verdict("refused")],
    ["bad-warn", verdict("refused", "warn")],
    ["open", verdict("undetermined")],
    ["open-warn", verdict("undetermined", "warn")],
  ]),
};
const of = (image: unknown) => deployment(podSpec({ containers: [container({ image: image as string })] }));
const must = (got: string) => [`container "web": image must be signed by someone the stack names, got ${got}`];
const cannot = (got: string) => [`container "web": image cannot be evaluated, got ${got}`];

ruleCases(
  imageSignature,
  "image-signature",
  [
    ["passes a verified image", of("good")],
    ["fails a refused image", of("bad"), must('"bad": is refused')],
    [
      "fails a refused image although the stack only warns of those nobody could check",
      of("bad-warn"),
      must('"bad-warn": is refused'),
    ],
    ["cannot evaluate an image nobody could check", of("open"), cannot('"open": is undetermined')],
    ["leaves an image nobody could check to the other rule where the stack says so", of("open-warn")],
    ["cannot evaluate an image nobody asked about", of("new"), cannot('"new": was not verified')],
    ["cannot evaluate an unknown image", of(UNKNOWN), cannot("a value unknown until deployment")],
    ["leaves what is no image to the other rules", of(undefined)],
    [
      "looks at init and ephemeral containers and at image volumes",
      deployment(
        podSpec({
          containers: [container({ image: "good" })],
          initContainers: [container({ name: "init", image: "bad" })],
          ephemeralContainers: [container({ name: "debug", image: "bad" })],
          volumes: [{ name: "m", image: { reference: "bad" } }],
        }),
      ),
      [
        'container "init": image must be signed by someone the stack names, got "bad": is refused',
        'container "debug": image must be signed by someone the stack names, got "bad": is refused',
        'spec.template.spec.volumes[0].image.reference must be signed by someone the stack names, got "bad": is refused',
      ],
    ],
  ],
  found,
);

ruleCases(imageSignature, "image-signature", [["asks for nothing where the stack names nobody", of("bad")]]);
