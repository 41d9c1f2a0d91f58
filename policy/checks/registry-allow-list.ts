/** Images come from the registries a system is meant to use: anyone can publish a name that looks like a known one somewhere else.
 *  Fields: spec.{initContainers,containers,ephemeralContainers}[*].image, spec.volumes[*].image.reference; allowed: `<project>:policy.images`.
 *  Names are compared as the runtime completes them: `nginx` is docker.io/library/nginx. What no runtime
 *  takes for a name, such as one with "..", fits no pattern. */

import { globMatches } from "../config/glob";
import { fullName } from "../images/image-reference";
import { UNKNOWN } from "../manifest/unknown";
import { imageRule } from "../rules/image-rule";
import { imageName } from "../signatures/image-name";

export const registryAllowList = imageRule(
  {
    id: "registry-allow-list",
    severity: "high",
    description:
      "Every image comes from a repository its namespace is allowed to use, whatever short name it is given.",
    fix: "use an image of an allowed repository, or add the repository to policy.images in the stack's configuration",
    controls: ["ZN-62", "ZN-63", "ZN-64", "COS-59", "CIS 5.5.1", "NSA/CISA Upgrading and application security"],
  },
  function* (image, { settings }, namespace) {
    if (settings?.images === undefined) return;
    const entries = settings.images.filter(({ namespaces }) => namespaces.some((one) => globMatches(one, namespace)));
    const allow = entries.flatMap((entry) => entry.allow).map(fullName);
    const want =
      allow.length === 0
        ? `of a repository allowed in namespace ${namespace} (there is none)`
        : `of ${allow.join(" or ")}`;
    if (typeof image !== "string") yield { got: image === UNKNOWN ? UNKNOWN : image, want };
    else {
      const known = imageName(image);
      const name = known === undefined ? "no name of an image" : `${known.registry}/${known.repository}`;
      if (known === undefined || !allow.some((pattern) => globMatches(pattern, name)))
        yield { said: `${JSON.stringify(image)} (${name})`, want };
    }
  },
);
