import { strict as assert } from "node:assert";
import { imageDigest } from "../../../policy/checks/image-digest";
import { blocking, judge } from "../../../policy/judge/evaluate";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { container, deployment, image, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const of = (name: unknown) => deployment(podSpec({ containers: [container({ image: name as string })] }));
const must = (got: string) => [`container "web": image must be pinned by digest, got ${got}`];
const moving = "tag latest, which moves with every push";

ruleCases(imageDigest, "image-digest", [
  ["passes a digest", of(image)],
  ["passes a tag with a digest: the digest decides", of(image.replace("@", ":1.2@"))],
  ["passes a digest at a registry with a port", of(image.replace("registry.example", "localhost:5000"))],
  ["fails a tag", of("web:1.2"), must('"web:1.2" (tag 1.2, which can be moved)')],
  ["fails the tag latest", of("web:latest"), must(`"web:latest" (${moving})`)],
  ["fails no tag, which is latest", of("localhost:5000/web"), must(`"localhost:5000/web" (${moving})`)],
  ["fails a digest cut short", of("web@sha256:0123"), must('"web@sha256:0123" (not a whole digest)')],
  [
    "fails a digest with capitals, which registries refuse",
    of(image.toUpperCase()),
    must(`"${image.toUpperCase()}" (not a whole digest)`),
  ],
  ["fails no image", of(null), must("unset")],
  [
    "cannot judge an unknown image",
    of(UNKNOWN),
    ['container "web": image cannot be judged, got a value unknown until deployment'],
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
  const findings = (profile: "dev" | "staging" | "prod") => judge([of("web:1.2")], { ...prod, profile });
  const rules = (profile: "dev" | "staging" | "prod") => blocking(findings(profile), profile).map(({ rule }) => rule);
  it("is not asked in dev", () => assert.deepEqual(findings("dev").findings, []));
  it("stops staging and prod", () => {
    assert.deepEqual(rules("staging"), ["image-digest"]);
    assert.deepEqual(rules("prod"), ["image-digest"]);
  });
});
