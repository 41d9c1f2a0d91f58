/** Says no on the service account default, which every pod that names none runs as. */
import { isKind } from "../manifest/is-kind";
import { read } from "../manifest/read";
import type { Remedy } from "./remedy";

export const defaultServiceAccount: Remedy = {
  does: "sets automountServiceAccountToken: false on the service account default where it says nothing",
  edits: (object) => {
    const isDefault = isKind(object, "", "ServiceAccount") && read(object, "metadata", "name") === "default";
    const silent = read(object, "automountServiceAccountToken") === undefined;
    return isDefault && silent ? [{ path: ["automountServiceAccountToken"], value: false }] : [];
  },
};
