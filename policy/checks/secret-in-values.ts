/** A credential stands in a Secret and nowhere else: values, ConfigMaps, environment and arguments are written to state, history and logs in clear.
 *  Places: the values of a release and of the chart, data and binaryData of ConfigMaps, containers' env, command and args, their probes and hooks, the
 *  annotations of objects and pod templates, and every field of a custom resource but its data, which kinds that are made into a Secret have. Those of a Secret
 *  are its own.
 *  Told by name (`jmap_token`, anything under `secrets`) or by look (private keys, tokens with their issuer's mark, texts
 *  that can only be random). Values are never quoted. */

import type { JsonObject, Manifest } from "../contract";
import { argumentLeaves } from "../manifest/command-leaves";
import { child, segments } from "../manifest/field-path";
import { isKind } from "../manifest/is-kind";
import { groupOf, isOwnGroup } from "../manifest/kind-table";
import { entries, list, read, text, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { leavesOf } from "../manifest/value-leaves";
import { podTemplatesOf } from "../pods/pod-spec";
import { isSecretName, isSecretVariable, namesCredential } from "../rules/credential";
import { isPolicyEngine } from "../rules/kind-scope";
import { type Complaint, containerRule, objectRule } from "../rules/object-rule";
import type { ObjectRule, RuleContext, RuleInfo } from "../rules/rule";
import { secretNamesIn } from "../rules/secret-names";
import { isOwnAnnotation, validateSecret, validateSecretText } from "../rules/secret-text";
import { findingsInValues } from "../rules/values-rule";

const info: RuleInfo = {
  id: "secret-in-values",
  severity: "critical",
  description:
    "No credential stands in values, ConfigMaps, environment, arguments, annotations or custom resources, which end up in state, release history and logs.",
  fix: "put it in a Secret (stack secret config or an external store) and give the chart the Secret's name",
  controls: [
    "MR-28",
    "MR-52",
    "COS-16",
    "COS-18",
    "TR-47",
    "FL-78",
    "ZN T2",
    "CIS 5.4.2",
    "NSA/CISA Authentication and authorization",
  ],
};

const inContainers = containerRule(info, function* ({ node }, context, objects) {
  for (const [index, variable] of list(node, "env").entries()) {
    const value = read(variable, "value");
    const field = `env[${index}].value`;
    const name = variableName(text(variable, "name"));
    const found = isNamedSecret(name, value, objects, context) ? [] : [...validateSecretText(field, [name], value)];
    if (found.length > 0) yield* found;
    else if (read(variable, "name") === UNKNOWN)
      for (const { want } of validateSecret(field, ["secret"], value)) yield { field, got: UNKNOWN, want };
  }
  for (const field of ["command", "args"]) yield* inCommand(field, list(node, field));
  for (const hook of hooks) {
    const asked = read(node, ...hook);
    if (asked !== undefined) yield* inHook(hook.join("."), asked);
  }
});

/** A variable in small letters is one all the same: `admin_secret` is evaluated as `ADMIN_SECRET`. */
const variableName = (name: string): string => (/^[a-z][a-z0-9_]*$/.test(name) ? name.toUpperCase() : name);

/** True for a variable such as `TLS_SECRET` that holds the name of a Secret in view. */
const isNamedSecret = (name: string, value: unknown, objects: readonly Manifest[], context: RuleContext): boolean =>
  typeof value === "string" && isSecretVariable([name]) && secretNamesIn(objects, context).has(value);

const hooks = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
];
/** What a probe or a hook runs or asks. */
function* inHook(field: string, asked: unknown): Iterable<Complaint> {
  yield* inCommand(`${field}.exec.command`, list(asked, "exec", "command"));
  yield* validateSecret(`${field}.httpGet.path`, [], read(asked, "httpGet", "path"));
  for (const [index, header] of list(asked, "httpGet", "httpHeaders").entries()) {
    const name = text(header, "name");
    const key = name.toLowerCase() === "authorization" ? "token" : name;
    yield* validateSecret(`${field}.httpGet.httpHeaders[${index}].value`, [key], read(header, "value"));
  }
}

/** Words of a command: `--token=x`, `--token x`, `mysql -psecret`, and scripts. */
function* inCommand(field: string, words: readonly unknown[]): Iterable<Complaint> {
  const told = argumentLeaves(words.map(word));
  for (const [index, argument] of words.entries()) {
    const at = `${field}[${index}]`;
    const [, flag, value] = /^--?([\w-]+)=(.*)$/s.exec(word(argument)) ?? [];
    const named = argument === UNKNOWN ? [] : told.filter((leaf) => leaf.index === index);
    const found = [
      ...(named.length === 0 ? validateSecret(at, [flag ?? ""], value ?? argument) : []),
      ...named.flatMap((leaf) => [...validateSecret(at, leaf.keys, leaf.value)]),
    ].slice(0, 1);
    yield* found;
    if (found.length === 0 && /[=<\s]/.test(word(argument))) yield* validateSecretText(at, [""], argument);
  }
}

const inConfigMaps = objectRule(info, function* ({ object }, context, objects) {
  if (!isKind(object, "", "ConfigMap")) return;
  for (const [key, value] of entries(object, "data"))
    if (!isNamedSecret(key, value, objects, context))
      yield* validateSecretText(`data[${JSON.stringify(key)}]`, [key], value);
  for (const [key, value] of entries(object, "binaryData")) {
    const plain = typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : value;
    yield* validateSecretText(`binaryData[${JSON.stringify(key)}]`, [key], plain);
  }
});

/** The name an annotation gives its value: without its domain, and none where that says that it is a checksum of what has the name. */
function annotationName(key: string): string {
  if (isOwnAnnotation(key)) return key;
  const slash = key.lastIndexOf("/");
  const [domain, name] = [key.slice(0, slash + 1), key.slice(slash + 1)];
  return /checksum|digest|hash|sha\d/i.test(domain) || /^(?:checksum|digest|hash|sha\d+)(?![a-z])/i.test(name)
    ? ""
    : name;
}

/** What is not known yet could be anything, and mostly is a checksum: only its name tells it. */
const inAnnotations = objectRule(info, function* ({ object }, { settings }) {
  if (isKind(object, "", "Secret")) return;
  const templates = podTemplatesOf(object, settings?.podKinds).filter(({ path }) => path !== "");
  const places = [
    { at: "metadata", metadata: object.metadata },
    ...templates.map(({ path, template }) => ({ at: `${path}.metadata`, metadata: template.metadata })),
  ];
  for (const { at, metadata } of places)
    for (const [key, value] of entries(metadata, "annotations")) {
      const keys = [annotationName(key)];
      if (value === UNKNOWN && !namesCredential(keys)) continue;
      yield* validateSecretText(child(`${at}.annotations`, key), keys, value);
    }
});

/** Operators of stores of secrets: a `secretKey` of theirs names a key. */
const stores = /^(?:external-secrets\.io|secrets-store\.csi\.x-k8s\.io)$/;
/** Fields that hold what was encrypted for the cluster (Sealed Secrets). */
const encrypted = /^spec\.encryptedData[.[]/;

/** Whether every field of an object is asked for credentials: a custom resource, but for those whose texts are patterns and those evaluated with their chart. */
export function readsFields(object: JsonObject, { sourceEvaluated }: RuleContext): boolean {
  const group = groupOf(text(object, "apiVersion"));
  return group.includes(".") && !isOwnGroup(group) && !isPolicyEngine(group) && sourceEvaluated !== true;
}

/** Fields that say where a credential is, or what kind it is of. */
const says = /^(?:source|parameter|type|kind|method|mode|provider)$/;

/** Whether a field of a custom resource names a Secret, a key in one, or a store: nothing by its name then, and still something by its look. */
function namesPlace(group: string, keys: readonly string[], value: unknown, fields: JsonObject, path: string): boolean {
  const [last = "", above = ""] = [keys.at(-1), keys.at(-2)];
  if (says.test(last) || (last === "secretKey" && stores.test(group))) return true;
  if (group === "secrets-store.csi.x-k8s.io" && keys.includes("parameters")) return true;
  if (typeof value !== "string" || !isSecretName(value)) return false;
  const parent = segments(path).slice(0, -1);
  return last === "secret" || /secret(?:ref)?$/i.test(above) || text(fields, ...parent, "secretName") !== "";
}

/** Fields of a custom resource: what its controller is told. Pods in it that are known are evaluated as such, and values of a chart with their chart. */
const inCustomKinds = objectRule(info, function* ({ object }, context) {
  if (!readsFields(object, context)) return;
  const group = groupOf(text(object, "apiVersion"));
  const { metadata: _, status: __, data: ___, stringData: ____, ...fields } = object;
  const pods = podTemplatesOf(object, context.settings?.podKinds).map(({ path }) => `${path}.`);
  for (const { keys, path, value } of leavesOf(fields)) {
    if (pods.some((pod) => path.startsWith(pod)) || (group === "bitnami.com" && encrypted.test(path))) continue;
    if (value === UNKNOWN && !namesCredential(keys)) continue;
    if (namesPlace(group, keys, value, fields, path)) yield* validateSecret(path, [""], value);
    else yield* validateSecretText(path, keys, value);
  }
});

export const secretInValues: ObjectRule = {
  ...info,
  check: (objects, context) => [
    ...(context.values ?? []).flatMap((source) => findingsInValues(info, source, validateSecretText)),
    ...inConfigMaps.check(objects, context),
    ...inAnnotations.check(objects, context),
    ...inContainers.check(objects, context),
    ...inCustomKinds.check(objects, context),
  ],
};
