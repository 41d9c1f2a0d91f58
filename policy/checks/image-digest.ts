/** An image is named by its digest: a tag can be moved to other content after review, and `latest` always is. In dev it is told, as images change there all day.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].image, spec.volumes[*].image.reference; allowed: name[:tag]@sha256:<64 hex digits>,
 *  not all of them the same digit: that is a placeholder. */

import { isPinned, isPlaceholderDigest, parseImage } from "../images/image-reference";
import { list, read } from "../manifest/read";
import { type Complaint, containerRule, podRule } from "../rules/object-rule";
import type { ObjectRule, RuleInfo } from "../rules/rule";

const info: RuleInfo = {
  id: "image-digest",
  severity: "high",
  description: "Every image is pinned by digest, so that what was reviewed is what runs.",
  fix: "name the image as repository@sha256:<digest>; `crane digest IMAGE` prints it",
  controls: ["CIS 5.5.1", "NSA/CISA Upgrading and application security"],
};

const ofContainers = containerRule(info, ({ node }) => evaluate("image", read(node, "image")));

const ofVolumes = podRule(info, function* ({ spec }) {
  for (const [index, volume] of list(spec, "volumes").entries()) {
    const image = read(volume, "image");
    if (image !== undefined) yield* evaluate(`volumes[${index}].image.reference`, read(image, "reference"));
  }
});

export const imageDigest: ObjectRule = {
  ...info,
  check: (objects, context) => [...ofContainers.check(objects, context), ...ofVolumes.check(objects, context)],
};

function* evaluate(field: string, image: unknown): Iterable<Complaint> {
  const want = "pinned by digest";
  if (typeof image !== "string") yield { field, got: image, want };
  else if (!isPinned(image)) yield { field, said: `${JSON.stringify(image)} (${tagOf(image)})`, want };
  else if (isPlaceholderDigest(parseImage(image)?.digest ?? ""))
    yield { field, said: `${JSON.stringify(image)} (one digit repeated, which is no image's digest)`, want };
}

function tagOf(image: string): string {
  if (image.includes("@")) return "not a whole digest";
  const tag = /:([^/:]+)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "tag latest, which moves with every push" : `tag ${tag}, which can be moved`;
}
