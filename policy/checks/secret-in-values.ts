/** A credential stands in a Secret and nowhere else: values, ConfigMaps, environment and arguments are written to state, history and logs in clear.
 *  Places: the values of a release and of the chart, data of ConfigMaps, containers' env and args.
 *  Told by name (`jmap_token`, anything under `secrets`) or by look (private keys, tokens with their issuer's mark, texts
 *  that can only be random). Values are never quoted. */

import { entries, list, read, text, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { textLeaves } from "../manifest/value-leaves";
import { credentialIn, isReference, namesCredential } from "../rules/credential";
import { looksRandom } from "../rules/entropy";
import { type Complaint, containerRule, objectRule } from "../rules/object-rule";
import type { ObjectRule, RuleInfo } from "../rules/rule";
import { findingsInValues } from "../rules/values-rule";

const info: RuleInfo = {
  id: "secret-in-values",
  severity: "critical",
  description:
    "No credential stands in values, ConfigMaps, environment or arguments, which end up in state, release history and logs.",
  fix: "put it in a Secret (stack secret config or an external store) and give the chart the Secret's name",
  enforcement: { dev: "mandatory", staging: "mandatory", prod: "mandatory" },
  controls: [
    "MR-28",
    "MR-52",
    "COS-16",
    "COS-18",
    "TR-47",
    "FL-78",
    "CIS 5.4.1",
    "CIS 5.4.2",
    "NSA/CISA Authentication and authorization",
  ],
};

/** Annotations of this pack say why something is so: `hardened.pulumi/service-account-token` holds a reason, and no token. */
const ownAnnotations = "hardened.pulumi/";

const want = "empty, or a reference to a Secret";

/** What is wrong with a value at a path of keys, if anything. */
function* judge(field: string, keys: readonly string[], value: unknown): Iterable<Complaint> {
  const named = namesCredential(keys) && !keys.at(-1)?.startsWith(ownAnnotations);
  if (value === UNKNOWN) yield { field, got: UNKNOWN, want };
  if (typeof value === "number" && named) yield { field, said: "a literal", want };
  if (typeof value !== "string" || value.trim() === "" || isReference(value)) return;
  const look = credentialIn(value);
  if (look !== undefined) yield { field, said: `${look} (not shown)`, want };
  else if (named) yield { field, said: "a literal (not shown)", want };
  else if (looksRandom(keys.at(-1) ?? "", value)) yield { field, said: "a text that looks random (not shown)", want };
}

const inContainers = containerRule(info, function* ({ node }) {
  for (const [index, variable] of list(node, "env").entries()) {
    const value = read(variable, "value");
    const field = `env[${index}].value`;
    const found = [...judge(field, [text(variable, "name")], value)];
    if (found.length > 0) yield* found;
    else if (read(variable, "name") === UNKNOWN)
      for (const { want } of judge(field, ["secret"], value)) yield { field, got: UNKNOWN, want };
  }
  for (const field of ["command", "args"]) {
    for (const [index, argument] of list(node, field).entries()) {
      const [, flag, value] = /^--?([\w-]+)=(.*)$/s.exec(word(argument)) ?? [];
      yield* judge(`${field}[${index}]`, [flag ?? ""], value ?? argument);
    }
  }
});

const inConfigMaps = objectRule(info, function* ({ object }) {
  if (object.kind !== "ConfigMap") return;
  for (const [key, value] of entries(object, "data")) {
    const field = `data[${JSON.stringify(key)}]`;
    const found = [...judge(field, [key], value)];
    if (found.length > 0) yield* found;
    else
      for (const leaf of textLeaves(value)) yield* judge(`${field} at ${leaf.keys.join(".")}`, leaf.keys, leaf.value);
  }
});

export const secretInValues: ObjectRule = {
  ...info,
  check: (objects, context) => [
    ...(context.values ?? []).flatMap((source) => findingsInValues(info, source, judge)),
    ...inConfigMaps.check(objects, context),
    ...inContainers.check(objects, context),
  ],
};
