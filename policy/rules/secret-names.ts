/** The names of Secrets that a set of objects speaks of: of those that are in it, and of those its pods and custom resources take values from. */
import { isKind } from "../manifest/is-kind";
import { text } from "../manifest/read";
import { leavesOf } from "../manifest/value-leaves";
import { memoizeByManifests } from "./memoize";

/** Keys below which a `name` is that of a Secret, and keys that are it themselves. */
const above = /^(?:secret(?:Key)?Ref|imagePullSecrets|\w*SecretRef|existingSecret)$/;
const names = /^(?:secretName|existingSecret|\w+SecretName)$/;

const namesSecret = (keys: readonly string[]): boolean =>
  names.test(keys.at(-1) ?? "") || (keys.at(-1) === "name" && above.test(keys.at(-2) ?? ""));

/** Every name of a Secret in these objects. */
export const secretNamesIn = memoizeByManifests((objects): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const { object } of objects) {
    if (isKind(object, "", "Secret")) found.add(text(object, "metadata", "name"));
    else if (!isKind(object, "", "ConfigMap"))
      for (const { keys, value } of leavesOf(object))
        if (typeof value === "string" && namesSecret(keys)) found.add(value);
  }
  return found;
});
