/** Every pod that names no service account runs as `default`: rights given to it are rights of all of them.
 *  Fields: subjects of bindings (forbidden: the ServiceAccount default, also as the user system:serviceaccount:<namespace>:default), automountServiceAccountToken of a ServiceAccount named default (allowed: false),
 *  spec.volumes[*].projected.sources[*].serviceAccountToken of pods that run as default (forbidden). */

import { isKind } from "../manifest/is-kind";
import { list, read, text, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { objectRule, podRule } from "../rules/object-rule";
import { isBinding, rbacControls, subjectsOf } from "../rules/rbac";
import type { ObjectRule, RuleInfo } from "../rules/rule";

const info: RuleInfo = {
  id: "default-service-account",
  severity: "high",
  description: "The service account default has no rights and no token: every pod that names none runs as it.",
  fix: "give the program a ServiceAccount of its own and name it in the pod and the binding",
  controls: ["CIS 5.1.5", ...rbacControls],
};

/** The service account by the name it has as a user. */
const userOfDefault = /^system:serviceaccount:[^:]+:default$/;

const ofObjects = objectRule(info, function* ({ object }) {
  if (isBinding(object)) {
    for (const { field, kind, name } of subjectsOf(object)) {
      if (kind === "User" && userOfDefault.test(word(name)))
        yield { field: `${field}.name`, got: name, want: "a service account of its own" };
      if ((kind !== "ServiceAccount" && kind !== UNKNOWN) || (name !== "default" && name !== UNKNOWN)) continue;
      yield { field: `${field}.name`, got: kind === UNKNOWN ? UNKNOWN : name, want: "a service account of its own" };
    }
  }
  if (!isKind(object, "", "ServiceAccount") || text(object, "metadata", "name") !== "default") return;
  const got = read(object, "automountServiceAccountToken");
  if (got !== false) yield { field: "automountServiceAccountToken", got, want: "false" };
});

const ofPods = podRule(info, function* ({ spec }) {
  const account = read(spec, "serviceAccountName") ?? read(spec, "serviceAccount") ?? "default";
  if (account !== "default" && account !== "") return;
  for (const [index, volume] of list(spec, "volumes").entries()) {
    for (const [at, source] of list(volume, "projected", "sources").entries()) {
      if (read(source, "serviceAccountToken") === undefined) continue;
      const field = `volumes[${index}].projected.sources[${at}].serviceAccountToken`;
      yield { field, said: "a token of the service account default", want: "of a service account of its own" };
    }
  }
});

export const defaultServiceAccount: ObjectRule = {
  ...info,
  check: (objects, context) => [...ofObjects.check(objects, context), ...ofPods.check(objects, context)],
};
