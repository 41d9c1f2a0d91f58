/** Objects that stand inside others: a controller takes them out and creates them, here or in another cluster (Crossplane's Object, a ManifestWork, a trigger's
 *  resource, the extra objects among a chart's values). Pure, one look at each value. */
import type { Json, JsonObject } from "../contract";
import { child } from "./field-path";
import { keysOf, type Place, placesIn } from "./place";

/** An object inside another. */
export interface Embedded {
  /** Path of it in the outer object. */
  readonly field: string;
  readonly object: JsonObject;
}

/** Objects looked at in one other: with more nobody says what they are. */
const most = 100;

/** Fields of which an object has one beside its kind. A reference to an object has a name and none of them. */
const bodies = ["metadata", "spec", "data", "stringData", "rules", "roleRef", "subjects", "webhooks", "provisioner"];
const rbac = "rbac.authorization.k8s.io/v1";

/** Objects inside an object, the first hundred in their order; `more` when there are others. With `isLoose` the rules of a role and the reference of a
 *  binding count where they name no kind, as in the permissions of an operator's bundle. */
export function embeddedIn(
  object: JsonObject,
  isLoose: boolean,
): { readonly found: readonly Embedded[]; readonly more: boolean } {
  const { metadata: _, ...value } = object;
  const found: Embedded[] = [];
  const open: (Place & { readonly item?: JsonObject })[] = placesIn({ value, key: "" });
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const one = isMap(place.value) ? asObject(place.value, place, isLoose) : undefined;
    if (one !== undefined) {
      if (found.length === most) return { found, more: true };
      found.push({ field: keysOf(place).reduce<string>(child, ""), object: one });
    }
    open.push(...placesIn(place));
  }
  return { found, more: false };
}

const isText = (value: Json | undefined): value is string => typeof value === "string" && value !== "";
const isMap = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A map as the object it is; undefined when it is none. */
function asObject(map: JsonObject, place: Place, isLoose: boolean): JsonObject | undefined {
  const own = isText(map.apiVersion) && isText(map.kind);
  if (own && map.kind !== "List" && bodies.some((key) => Object.hasOwn(map, key))) return map;
  if (own) return undefined;
  const list = typeof place.key === "number" && place.above?.key === "items" ? place.above.above?.value : undefined;
  if (isMap(list) && isText(list.apiVersion) && isText(list.kind) && /.List$/.test(list.kind) && isMap(map.metadata))
    return { apiVersion: list.apiVersion, kind: list.kind.slice(0, -"List".length), ...map };
  if (!isLoose) return undefined;
  if (isMap(map.roleRef)) return { apiVersion: rbac, kind: "ClusterRoleBinding", ...map };
  const isRule = (rule: Json): boolean => isMap(rule) && Array.isArray(rule.verbs);
  if (Array.isArray(map.rules) && map.rules.some(isRule)) return { apiVersion: rbac, kind: "ClusterRole", ...map };
  return undefined;
}
