/** Says no where nothing is said and the pod runs as the account everyone shares, which has no rights: its token is good for nothing. */
import { read } from "../manifest/read";
import { nothingExempt, podPlaces, type Remedy } from "./remedy";

export const serviceAccountToken: Remedy = {
  does: "sets automountServiceAccountToken: false on pods that say nothing and run as the service account default",
  edits: (object, isExempt = nothingExempt) =>
    podPlaces(object)
      .filter(({ at }) => !isExempt(at))
      .filter(({ spec }) => read(spec, "automountServiceAccountToken") === undefined && isShared(spec))
      .map(({ at }) => ({ path: [...at, "automountServiceAccountToken"], value: false })),
};

function isShared(spec: unknown): boolean {
  const account = read(spec, "serviceAccountName") ?? read(spec, "serviceAccount") ?? "default";
  return account === "default" || account === "";
}
