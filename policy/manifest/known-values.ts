/** Inputs of a resource as a policy gets them → plain JSON with UNKNOWN in place of every value that is not known yet.
 *  Touching an unknown throws (pulumi-policy sdk/nodejs/policy/proxy.ts), and one throw would hide every other finding: so leaf by leaf. */
import { child } from "./field-path";
import { keysOf, type Place, placesIn } from "./place";
import { UNKNOWN } from "./unknown";

/** A copy of `props` without proxies. `isUnknownError` tells the error that means "not known yet" from any other. */
export function knownValues(props: object, isUnknownError: (error: unknown) => boolean): Record<string, unknown> {
  const touch = (owner: object, key: string | number): unknown => {
    try {
      return copy((owner as Record<string | number, unknown>)[key]);
    } catch (error) {
      if (isUnknownError(error)) return UNKNOWN;
      throw error;
    }
  };
  const copy = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => touch(value, index));
    return Object.fromEntries(Object.keys(value).map((key) => [key, touch(value, key)]));
  };
  return copy(props) as Record<string, unknown>;
}

/** Paths of all unknown values, in order. */
export function unknownPaths(value: unknown, path = ""): string[] {
  const found: string[] = [];
  const open: Place[] = [{ value, key: "" }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place.value === UNKNOWN) found.push(keysOf(place).reduce<string>(child, path));
    else open.push(...placesIn(place));
  }
  return found;
}
