import { strict as assert } from "node:assert";
import { imageDigest } from "../../../policy/checks/image-digest";
import type { Finding } from "../../../policy/contract";
import { blocking, evaluate } from "../../../policy/evaluate/evaluate";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { messageOf } from "../../../policy/message";
import { container, deployment, image, podSpec, prod } from "../support/pod";
import { type Case, ruleCases } from "../support/rule-cases";

const of = (name: unknown) => deployment(podSpec({ containers: [container({ image: name as string })] }));
const must = (got: string) => [`container "web": image must be pinned by digest, got ${got}`];
const moving = "tag latest, which moves with every push";

ruleCases(imageDigest, "image-digest", [
  ["[COS-11] [COS-12] passes a digest", of(image)],
  ["passes a tag with a digest: the digest decides", of(image.replace("@", ":1.2@"))],
  ["passes a digest at a registry with a port", of(image.replace("registry.example", "localhost:5000"))],
  ["[COS-11] [COS-12] fails a tag", of("web:1.2"), must('"web:1.2" (tag 1.2, which can be moved)')],
  ["[COS-12] fails the tag latest", of("web:latest"), must(`"web:latest" (${moving})`)],
  ["fails no tag, which is latest", of("localhost:5000/web"), must(`"localhost:5000/web" (${moving})`)],
  ["[COS-12] fails a digest cut short", of("web@sha256:0123"), must('"web@sha256:0123" (not a whole digest)')],
  ...[
    ["by one digit", `web@sha256:${"0".repeat(63)}`],
    ["with one digit too many", `web@sha256:${"0".repeat(65)}`],
    ["that is not hexadecimal", `web@sha256:${"g".repeat(64)}`],
    ["of an algorithm in capitals", `web@SHA256:${"0".repeat(64)}`],
    ["in capitals", `web@sha256:${"A".repeat(64)}`],
    ["without its algorithm", `web@${"0".repeat(64)}`],
    ["of a weaker algorithm", `web@sha1:${"0".repeat(40)}`],
    ["with a tag behind it", `web@sha256:${"0".repeat(64)}:1.2`],
    ["that is empty", "web@"],
  ].map(
    ([what, name]) =>
      [`[COS-12] fails a malformed digest, ${what}`, of(name), must(`"${name}" (not a whole digest)`)] as const,
  ),
  [
    "fails a digest with capitals, which registries refuse",
    of(image.toUpperCase()),
    must(`"${image.toUpperCase()}" (not a whole digest)`),
  ],
  ["fails no image", of(null), must("unset")],
  ...["0", "f"].map((digit): Case => {
    const image = `web:1.2@sha256:${digit.repeat(64)}`;
    const said = `${JSON.stringify(image)} (one digit repeated, which is no image's digest)`;
    return [`[COS-11] fails a digest of ${digit} alone, a placeholder`, of(image), must(said)];
  }),
  [
    "cannot evaluate an unknown image",
    of(UNKNOWN),
    ['container "web": image cannot be evaluated, got a value unknown until deployment'],
  ],
  [
    "fails an image mounted as a volume",
    deployment(podSpec({ volumes: [{ name: "model", image: { reference: "model:2" } }] })),
    [
      'spec.template.spec.volumes[0].image.reference must be pinned by digest, got "model:2" (tag 2, which can be moved)',
    ],
  ],
]);

describe("image-digest by profile", () => {
  const findings = (profile: "dev" | "staging" | "prod") => evaluate([of("web:1.2")], { ...prod, profile });
  const rules = (profile: "dev" | "staging" | "prod") => blocking(findings(profile), profile).map(({ rule }) => rule);
  it("is told in dev", () => {
    assert.deepEqual(
      findings("dev").findings.map(({ rule }) => rule),
      ["image-digest"],
    );
    assert.deepEqual(rules("dev"), []);
  });
  it("stops staging and prod", () => {
    assert.deepEqual(rules("staging"), ["image-digest"]);
    assert.deepEqual(rules("prod"), ["image-digest"]);
  });
});

it("[COS-11] a tag is refused with the object, the container and the image by name", () => {
  const [finding] = imageDigest.check([of("web:1.2")], prod);
  assert.match(
    messageOf(finding as Finding),
    /^Deployment apps\/web, container "web": image must be pinned by digest, got "web:1\.2" \(tag 1\.2, which can be moved\); /,
  );
});
