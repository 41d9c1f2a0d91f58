/** ClusterRoles that take the rules of others by their labels. Pure.
 *  Upstream: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go. */

import type { Manifest } from "../contract";
import { isKind } from "../manifest/is-kind";
import { list, read, text } from "../manifest/read";
import { UNKNOWN, type Unknown } from "../manifest/unknown";
import { show } from "../pod-security/contract/check";
import { selects } from "./selector";

/** API group of roles and bindings. */
export const rbacGroup = "rbac.authorization.k8s.io";

const isClusterRole = (object: unknown): boolean => isKind(object, rbacGroup, "ClusterRole");

/** The label selectors of a ClusterRole's `aggregationRule`; none for other objects. */
export function aggregationOf(object: unknown): readonly unknown[] {
  return isClusterRole(object) ? list(object, "aggregationRule", "clusterRoleSelectors") : [];
}

/** A selector that brings in what is forbidden: its index, and the role with what that gives; UNKNOWN when one of them is not known. */
export interface Aggregated {
  readonly index: number;
  readonly said: string | Unknown;
}

/** Most comparisons of a selector with a role in one list: clusters have a few hundred roles, and a list made to be slow is refused in its stead. */
const limit = 200_000;

/** Which ClusterRoles get, through their selectors, what others give, through other aggregated roles too. `given` has roles with what each gives, in
 *  words; UNKNOWN when that cannot be told. For each selector one role is named; what is
 *  too much to compare counts as given. */
export function spread(
  objects: readonly Manifest[],
  given: ReadonlyMap<Manifest, string | Unknown>,
): ReadonlyMap<Manifest, readonly Aggregated[]> {
  const found = new Map<Manifest, Aggregated[]>();
  const add = (manifest: Manifest, one: Aggregated): void => {
    const known = found.get(manifest);
    if (known === undefined) found.set(manifest, [one]);
    else known.push(one);
  };
  const selectors = objects.flatMap((manifest) =>
    aggregationOf(manifest.object).map((selector, index) => ({ manifest, selector, index })),
  );
  const sources = [...given].filter(([{ object }]) => isClusterRole(object));
  let open = sources.length === 0 ? [] : selectors;
  let left = limit;
  for (const certain of [true, false]) {
    for (const [source, said] of sources) {
      const labels = read(source.object, "metadata", "labels");
      left -= open.length;
      if (left < 0) break;
      const rest: typeof open = [];
      for (const one of open) {
        const truth = isSame(one.manifest, source) ? false : selects(one.selector, labels);
        if (truth === false || (certain && (truth === UNKNOWN || said === UNKNOWN))) rest.push(one);
        else {
          if (!given.has(one.manifest) && !found.has(one.manifest))
            sources.push([one.manifest, certain ? said : UNKNOWN]);
          const words = `one that selects ClusterRole ${show(read(source.object, "metadata", "name"))}, which has ${String(said)}`;
          add(one.manifest, { index: one.index, said: certain ? words : UNKNOWN });
        }
      }
      open = rest;
    }
  }
  const tooMany = left < 0 ? open : [];
  for (const { manifest, index } of tooMany) add(manifest, { index, said: "too many ClusterRoles to compare it with" });
  return found;
}

/** The controller passes over the role itself, which it knows by its name. */
function isSame(one: Manifest, other: Manifest): boolean {
  const name = text(one.object, "metadata", "name");
  return one === other || (name !== "" && name === text(other.object, "metadata", "name"));
}
