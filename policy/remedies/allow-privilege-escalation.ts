/** Says no where nothing is said. Not beside what the API server refuses together with it: a privileged container, and one with CAP_SYS_ADMIN.
 *  Upstream: pkg/apis/core/validation, ValidateSecurityContext. */
import { list, read } from "../manifest/read";
import { containerPlaces, nothingExempt, podPlaces, type Remedy } from "./remedy";

export const allowPrivilegeEscalation: Remedy = {
  does: "sets securityContext.allowPrivilegeEscalation: false on containers that say nothing",
  edits: (object, isExempt = nothingExempt) =>
    podPlaces(object)
      .flatMap(containerPlaces)
      .filter(({ at }) => !isExempt(at))
      .filter(({ node }) => read(node, "securityContext", "allowPrivilegeEscalation") === undefined && !isMighty(node))
      .map(({ at }) => ({ path: [...at, "securityContext", "allowPrivilegeEscalation"], value: false })),
};

function isMighty(node: unknown): boolean {
  const added = list(node, "securityContext", "capabilities", "add");
  return (read(node, "securityContext", "privileged") ?? false) !== false || !added.every(isSmall);
}

const isSmall = (capability: unknown): boolean =>
  typeof capability === "string" && !/^(?:CAP_)?(?:SYS_ADMIN|ALL)$/.test(capability);
