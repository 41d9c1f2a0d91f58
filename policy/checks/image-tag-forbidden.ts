/** A tag such as `latest` says nothing about what runs, and two pods of one Deployment can run different content.
 *  Fields: images of containers and volumes; forbidden: `<project>:policy.forbiddenTags` without a whole digest beside, "latest" when nothing is set. */

import { globMatches } from "../config/glob";
import { isPinned, parseImage } from "../images/image-reference";
import { imageRule } from "../rules/image-rule";

export const imageTagForbidden = imageRule(
  {
    id: "image-tag-forbidden",
    severity: "medium",
    description: "No image has a tag that means something else every day, unless its digest says what it is.",
    fix: "name a released version, or better the digest",
    controls: ["MR-30", "CIS 5.5.1"],
  },
  function* (image, { settings }) {
    const forbidden = settings?.forbiddenTags ?? ["latest"];
    const want = `with a tag other than ${forbidden.join(", ")}`;
    if (typeof image !== "string") {
      yield { got: image, want };
      return;
    }
    const { tag = "latest" } = parseImage(image) ?? {};
    if (isPinned(image) || !forbidden.some((pattern) => globMatches(pattern, tag))) return;
    yield { said: `${JSON.stringify(image)} (tag ${tag})`, want };
  },
);
