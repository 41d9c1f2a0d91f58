/** Gives a pod that says nothing the container runtime's own profile; containers that name one keep it. */
import { read } from "../manifest/read";
import { nothingExempt, podPlaces, type Remedy } from "./remedy";

export const seccompProfileRestricted: Remedy = {
  does: "sets securityContext.seccompProfile: {type: RuntimeDefault} on pods that say nothing",
  edits: (object, isExempt = nothingExempt) =>
    podPlaces(object)
      .filter(({ at }) => !isExempt(at))
      .filter(({ spec }) => read(spec, "securityContext", "seccompProfile") === undefined)
      .map(({ at }) => ({ path: [...at, "securityContext", "seccompProfile"], value: { type: "RuntimeDefault" } })),
};
