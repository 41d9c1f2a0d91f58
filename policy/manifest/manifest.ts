/** A rendered or written object with its position and display name. */
import type { JsonObject, Manifest, ObjectRef } from "../contract";
import { isCluster } from "./cluster-kinds";
import { text } from "./read";

/** A manifest that may stand inside a List: `within` is its path in the document, e.g. "items[2]". */
export interface ParsedManifest extends Manifest {
  readonly within?: string;
}

/** Text that is not Kubernetes objects. `problems` holds every one of them, each complete: file, line, what is wrong. */
export class ManifestError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ManifestError";
  }
}

/** The object's display name; objects without a namespace are in `namespace`, unless they are cluster-scoped. */
export function refOf(object: JsonObject, namespace?: string): ObjectRef {
  const apiVersion = text(object, "apiVersion");
  const kind = text(object, "kind");
  const own = isCluster(apiVersion, kind) ? undefined : text(object, "metadata", "namespace") || namespace;
  return {
    apiVersion,
    kind,
    name: text(object, "metadata", "name") || text(object, "metadata", "generateName"),
    ...(own !== undefined && { namespace: own }),
  };
}
