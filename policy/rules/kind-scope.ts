/** Where objects of a kind live: Kubernetes' own by its discovery, custom kinds by a CustomResourceDefinition in view; and which only speak of others. Pure. */

import type { Manifest } from "../contract";
import { scopeOf } from "../manifest/cluster-kinds";
import { isKind } from "../manifest/is-kind";
import { groupOf, type KindScope } from "../manifest/kind-table";
import { read, text } from "../manifest/read";
import { UNKNOWN, type Unknown } from "../manifest/unknown";
import { memoizeByManifests } from "./memoize";
import type { RuleContext } from "./rule";

const definedScopes = memoizeByManifests((objects): ReadonlyMap<string, KindScope | Unknown> => {
  const found = new Map<string, KindScope | Unknown>();
  for (const { object } of objects) {
    if (!isKind(object, "apiextensions.k8s.io", "CustomResourceDefinition")) continue;
    const scope = read(object, "spec", "scope");
    if (scope === "Cluster" || scope === "Namespaced" || scope === UNKNOWN)
      found.set(`${text(object, "spec", "group")} ${text(object, "spec", "names", "kind")}`, scope);
  }
  return found;
});

/** Where an object lives; UNKNOWN when its definition does not say yet, undefined for a custom kind nobody in view defines. */
export function kindScope(
  object: unknown,
  objects: readonly Manifest[],
  context: RuleContext,
): KindScope | Unknown | undefined {
  const [apiVersion, kind] = [text(object, "apiVersion"), text(object, "kind")];
  return definedScopes(objects, context).get(`${groupOf(apiVersion)} ${kind}`) ?? scopeOf(apiVersion, kind);
}

/** Groups of policy engines: their patterns and parameters are written like the objects they evaluate. */
export const isPolicyEngine = (group: string): boolean =>
  /(?:^|\.)(?:kyverno\.io|gatekeeper\.sh|kubewarden\.io)$/.test(group);
