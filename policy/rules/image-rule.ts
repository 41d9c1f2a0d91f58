/** Makes rules about images: those of containers and those mounted as volumes. */

import { list, read } from "../manifest/read";
import { type Complaint, containerRule, podRule } from "./object-rule";
import type { ObjectRule, RuleContext, RuleInfo } from "./rule";
import { namespaceOf } from "./workload";

/** A rule about images. An image that is no text comes as it is: undefined, UNKNOWN or anything else. */
export function imageRule(
  info: RuleInfo,
  evaluate: (image: unknown, context: RuleContext, namespace: string) => Iterable<Omit<Complaint, "field">>,
): ObjectRule {
  const ofContainers = containerRule(info, function* ({ node, pod }, context) {
    const namespace = namespaceOf(pod.manifest, context);
    for (const one of evaluate(read(node, "image"), context, namespace)) yield { field: "image", ...one };
  });
  const ofVolumes = podRule(info, function* ({ spec, manifest }, context) {
    for (const [index, volume] of list(spec, "volumes").entries()) {
      const image = read(volume, "image");
      if (image === undefined) continue;
      for (const one of evaluate(read(image, "reference"), context, namespaceOf(manifest, context)))
        yield { field: `volumes[${index}].image.reference`, ...one };
    }
  });
  return {
    ...info,
    check: (objects, context) => [...ofContainers.check(objects, context), ...ofVolumes.check(objects, context)],
  };
}
