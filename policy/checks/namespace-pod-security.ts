/** Pod Security admission does what the labels of a namespace say, and nothing without them: a pod that reaches such a namespace by another way than a
 *  evaluated deployment is not held to anything.
 *  Fields: the six labels pod-security.kubernetes.io/{enforce,audit,warn}[-version] of a Namespace; wanted: a level and a version at least as strict as the
 *  stack's. A namespace that is made as a side effect has no labels: createNamespace of a Helm release, of Flux's HelmRelease (spec.install) and of
 *  k3s' HelmChart, forbidden; CreateNamespace=true of Argo CD's Application only with the six labels in managedNamespaceMetadata.
 *  Upstream: k8s.io/pod-security-admission api/helpers.go, PolicyToEvaluate: a label that is missing takes the API server's default, which is privileged;
 *  a misspelt level of audit or warn, privileged; a misspelt version, latest. */

import type { Finding, JsonObject } from "../contract";
import { isKind } from "../manifest/is-kind";
import { groupOf } from "../manifest/kind-table";
import { entries, list, read, text, word } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { show } from "../pod-security/contract/check";
import type { Mode } from "../pod-security/namespace";
import { compareLevels, parseLevel, parseVersion } from "../pod-security/version";
import { type Complaint, objectRule } from "../rules/object-rule";
import type { ObjectRule, RuleContext, RuleInfo } from "../rules/rule";
import { seesObject } from "../rules/scope";

const info: RuleInfo = {
  id: "namespace-pod-security",
  severity: "high",
  description:
    "Every namespace has the six Pod Security labels, at least as strict as the stack's level and version, so that admission refuses what no review has seen.",
  fix: "set enforce, audit and warn with their versions (pod-security.kubernetes.io/…) to the stack's level and version",
  controls: ["MR-15", "MR-16", "CIS 5.2.1", "CIS 5.6.1", "NSA/CISA Pod security"],
};

const prefix = "pod-security.kubernetes.io/";
const modes: readonly Mode[] = ["enforce", "audit", "warn"];
const known: ReadonlySet<string> = new Set(modes.flatMap((mode) => [prefix + mode, `${prefix}${mode}-version`]));

const unlabelled = {
  want: "false: the namespace it makes has no Pod Security labels",
  fix: "make the namespace as an object of its own, with the six labels, before the release",
};

const ofObjects = objectRule(info, function* ({ object }, context) {
  const [group, kind] = [groupOf(text(object, "apiVersion")), text(object, "kind")];
  if (isKind(object, "", "Namespace"))
    yield* evaluateLabels("metadata.labels", read(object, "metadata", "labels"), context);
  for (const path of switches.get(`${group} ${kind}`) ?? [])
    yield* evaluateSwitch(path.join("."), read(object, ...path));
  const application = applications.get(`${group} ${kind}`);
  if (application !== undefined) yield* evaluateApplication(application, object, context);
});

/** Where kinds that install a chart say that they make its namespace. */
const switches: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ["helm.toolkit.fluxcd.io HelmRelease", [["spec", "install", "createNamespace"]]],
  ["helm.cattle.io HelmChart", [["spec", "createNamespace"]]],
]);

/** Where kinds of Argo CD hold what an application is. */
const applications: ReadonlyMap<string, readonly string[]> = new Map([
  ["argoproj.io Application", ["spec", "syncPolicy"]],
  ["argoproj.io ApplicationSet", ["spec", "template", "spec", "syncPolicy"]],
]);

/** Only false, or nothing at all, is a no. */
function* evaluateSwitch(field: string, got: unknown): Iterable<Complaint> {
  if (got !== undefined && got !== false) yield { field, got, ...unlabelled };
}

function* evaluateApplication(path: readonly string[], object: JsonObject, context: RuleContext): Iterable<Complaint> {
  const metadata = read(object, ...path, "managedNamespaceMetadata");
  for (const [index, option] of list(object, ...path, "syncOptions").entries()) {
    const makes = option === UNKNOWN || /^\s*CreateNamespace\s*=\s*true\s*$/i.test(word(option));
    if (!makes) continue;
    const field = `${path.join(".")}.syncOptions[${index}]`;
    if (option === UNKNOWN || metadata === undefined) yield { field, got: option, ...unlabelled };
    else
      yield* evaluateLabels(`${path.join(".")}.managedNamespaceMetadata.labels`, read(metadata, "labels"), {
        ...context,
        scope: "whole",
      });
  }
}

function* evaluateLabels(field: string, labels: unknown, context: RuleContext): Iterable<Complaint> {
  if (labels === UNKNOWN) {
    yield { field, got: UNKNOWN, want: "known before deployment" };
    return;
  }
  const { level, version } = context.podSecurity;
  const at = (key: string): string => `${field}[${JSON.stringify(key)}]`;
  for (const mode of modes) {
    const key = prefix + mode;
    const got = read(labels, key);
    const found = parseLevel(word(got));
    const wantLevel = level === "restricted" ? "restricted" : `${level} or stricter`;
    if (isEvaluated(got, context) && (found === null || compareLevels(found, level) < 0))
      yield { field: at(key), got, want: wantLevel };
    const pinned = read(labels, `${key}-version`);
    const since = typeof pinned === "string" ? parseVersion(pinned) : null;
    const wantVersion = version === "latest" ? "latest" : `${version} or later`;
    if (isEvaluated(pinned, context) && (since === null || since < (parseVersion(version) ?? Number.POSITIVE_INFINITY)))
      yield { field: at(`${key}-version`), got: pinned, want: wantVersion };
  }
  for (const [key, got] of entries(labels))
    if (key.startsWith(prefix) && !known.has(key))
      yield { field: at(key), got, want: "one of the six labels: admission does not read this one" };
}

/** Some fields of an object say nothing of the labels they leave out. */
const isEvaluated = (got: unknown, context: RuleContext): boolean => got !== undefined || seesObject(context);

/** What a release of Pulumi says, which is no object of the cluster. */
function ofRelease({ release }: RuleContext): Finding[] {
  if (release === undefined) return [];
  return [...evaluateSwitch("createNamespace", release.createNamespace)].map(({ field, got, want, fix }) => ({
    rule: info.id,
    severity: info.severity,
    object: release.object,
    containers: [],
    field,
    got: got === UNKNOWN ? "a value unknown until deployment" : show(got),
    want,
    fix: fix ?? info.fix,
    outcome: got === UNKNOWN ? "undetermined" : "fail",
  }));
}

export const namespacePodSecurity: ObjectRule = {
  ...info,
  check: (objects, context) => [...ofRelease(context), ...ofObjects.check(objects, context)],
};
