/** Takes findings that are exempt out of the verdict, and says which exemptions are past their day or not needed. Pure: the time is given. */

import { exemptionExpired } from "../checks/exemption-expired";
import { exemptionUnused } from "../checks/exemption-unused";
import { exemptionUsed } from "../checks/exemption-used";
import { globMatches } from "../config/glob";
import type { Finding, Manifest, ObjectRef, SuppressedFinding, Verdict } from "../contract";
import { fullName } from "../images/image-reference";
import { segments } from "../manifest/field-path";
import { refOf } from "../manifest/manifest";
import { list, text } from "../manifest/read";
import { exemptionText } from "../message";
import { containerTypes } from "../pods/container-types";
import { podTemplatesOf } from "../pods/pod-spec";
import type { RuleContext, RuleInfo } from "../rules/rule";
import type { Exemption } from "../settings/settings-schema";
import { imageName } from "../signatures/image-name";

/** Rules without exemptions: those about what was not evaluated, and about exemptions themselves. */
export const neverExempt: readonly string[] = [
  "release-renders",
  "resources-unseen",
  exemptionExpired.id,
  exemptionUnused.id,
  exemptionUsed.id,
];

/** Findings that count, those of exemptions themselves among them, and findings that do not. */
export interface Sorted {
  readonly findings: readonly Finding[];
  readonly exempted: readonly SuppressedFinding[];
}

/** Applies the exemptions of `context.settings` at `context.now`; without a time all have expired. An exemption for a rule that is off in the
 *  profile (`isOff`) is neither used nor unused; one for a rule that is asked in another pass over the same objects (`isElsewhere`) is left to that. */
export function applyExemptions(
  found: readonly Finding[],
  manifests: readonly Manifest[],
  context: RuleContext,
  {
    isOff,
    isElsewhere,
  }: { readonly isOff: (rule: string) => boolean; readonly isElsewhere: (rule: string) => boolean },
): Sorted {
  const exemptions = context.settings?.exemptions ?? [];
  if (exemptions.length === 0) return { findings: found, exempted: [] };
  const today = context.now?.toISOString().slice(0, 10) ?? "9999-12-31";
  const refs = manifests.map(({ object }) => refOf(object, context.namespace));
  const findings: Finding[] = [];
  const exempted: SuppressedFinding[] = [];
  const needed = new Set<number>();
  for (const finding of found) {
    const matching = [...exemptions.keys()].filter((at) =>
      exempts(exemptions[at] as Exemption, finding, manifests, context),
    );
    for (const at of matching) needed.add(at);
    const valid = matching.find((at) => (exemptions[at] as Exemption).expires >= today);
    if (valid === undefined) findings.push(finding);
    else {
      const { reason, owner, expires } = exemptions[valid] as Exemption;
      exempted.push({ finding, exemption: { index: valid, reason, owner, expires } });
    }
  }
  for (const [index, exemption] of exemptions.entries()) {
    if (isElsewhere(exemption.rule)) continue;
    const object =
      refs.find((ref) => isFor(exemption, ref)) ?? found.find((one) => isFor(exemption, one.object))?.object;
    if (object === undefined) continue;
    if (exemption.expires < today) findings.push(expired(exemption, index, object));
    else if (!needed.has(index) && !exemption.object.includes("*") && !isOff(exemption.rule))
      findings.push(unused(exemption, index, object));
  }
  return { findings, exempted };
}

/** What is exempt as an advice, for the engine, which knows violations only. */
export function exemptionShown(exempted: SuppressedFinding): Finding {
  const { finding } = exempted;
  const fix = `${finding.rule}: ${exemptionText(exempted)}`;
  return { ...finding, rule: exemptionUsed.id, severity: exemptionUsed.severity, fix };
}

/** Exemptions that exempted nothing in any verdict of a whole run over a stack, and that no verdict has complained of yet. */
export function unusedInRun(
  { settings }: Pick<RuleContext, "settings">,
  verdicts: readonly Pick<Verdict, "findings" | "exempted">[],
  stack: string,
): Finding[] {
  const used = new Set(verdicts.flatMap(({ exempted = [] }) => exempted.map(({ exemption }) => exemption.index)));
  const named = verdicts.flatMap(({ findings }) => findings.map(({ field }) => field));
  const object = { apiVersion: "", kind: "Stack", name: stack };
  return (settings?.exemptions ?? []).flatMap((exemption, index) => {
    const known = used.has(index) || named.some((field) => field.startsWith(`policy.exemptions[${index}]`));
    return known ? [] : [unused(exemption, index, object, "which nothing it is for breaks")];
  });
}

function exempts(
  exemption: Exemption,
  finding: Finding,
  manifests: readonly Manifest[],
  context: RuleContext,
): boolean {
  if (exemption.rule !== finding.rule || !isFor(exemption, finding.object)) return false;
  const { container, image } = exemption;
  if (container === undefined && image === undefined) return true;
  if (finding.containers.length === 0) {
    const mounted = mountedImage(finding, manifests, context);
    const isFit = image !== undefined && mounted !== "" && globMatches(fullName(image), mounted);
    return container === undefined && isFit;
  }
  if (container !== undefined && !finding.containers.every((name) => globMatches(container, name))) return false;
  if (image === undefined) return true;
  return finding.containers.every((name) => {
    const images = imagesOf(finding, name, manifests, context);
    return images.length > 0 && images.every((one) => globMatches(fullName(image), one));
  });
}

function isFor({ object, namespace }: Exemption, { kind, name, namespace: own }: ObjectRef): boolean {
  return globMatches(object, `${kind}/${name}`) && (namespace === undefined || globMatches(namespace, own ?? ""));
}

/** The image a finding about a volume names, as registry/path; "" for any other finding, and where objects of the same name have different ones. */
function mountedImage(finding: Finding, manifests: readonly Manifest[], context: RuleContext): string {
  const { field } = finding;
  if (!/\bvolumes\[\d+\]\.image\.reference$/.test(field)) return "";
  const images = sameNamed(finding, manifests, context).map(({ object }) => nameOf(text(object, ...segments(field))));
  return new Set(images).size === 1 ? (images[0] ?? "") : "";
}

function nameOf(image: string): string {
  const known = imageName(image);
  return known === undefined ? "" : `${known.registry}/${known.repository}`;
}

const keyOf = (ref: ObjectRef): string => JSON.stringify([ref.apiVersion, ref.kind, ref.namespace, ref.name]);

/** The objects a finding may be about: a hook may have the name of another object. */
const sameNamed = ({ object }: Finding, manifests: readonly Manifest[], { namespace }: RuleContext): Manifest[] =>
  manifests.filter((one) => keyOf(refOf(one.object, namespace)) === keyOf(object));

/** Images, as registry/path, of the container a finding is about; of every container of the name in the pod where the field is the pod's. */
function imagesOf(finding: Finding, name: string, manifests: readonly Manifest[], context: RuleContext): string[] {
  const isIn = (path: string): boolean => path === "" || finding.field.startsWith(`${path}.`);
  const named = sameNamed(finding, manifests, context).flatMap(({ object }) =>
    podTemplatesOf(object, context.settings?.podKinds).flatMap(({ path: pod, template: { spec } }) =>
      containerTypes.flatMap((type) =>
        list(spec, type).map((one, index) => ({
          pod,
          path: `${pod === "" ? "" : `${pod}.`}spec.${type}[${index}]`,
          container: text(one, "name"),
          image: nameOf(text(one, "image")),
        })),
      ),
    ),
  );
  const own = named.filter(({ container, path }) => container === name && isIn(path));
  const inPod = named.filter(({ container, pod }) => container === name && isIn(pod));
  return (own.length > 0 ? own : inPod).map(({ image }) => image);
}

function expired({ expires, rule }: Exemption, index: number, object: ObjectRef): Finding {
  const got = `${expires} (an exemption from ${rule})`;
  return own(exemptionExpired, object, { field: `policy.exemptions[${index}].expires`, got, want: "today or later" });
}

function unused({ rule }: Exemption, index: number, object: ObjectRef, why = "which is not broken there"): Finding {
  const got = `one from ${rule}, ${why}`;
  return own(exemptionUnused, object, { field: `policy.exemptions[${index}]`, got, want: "needed" });
}

function own(info: RuleInfo, object: ObjectRef, place: Pick<Finding, "field" | "got" | "want">): Finding {
  return { rule: info.id, severity: info.severity, object, containers: [], ...place, fix: info.fix, outcome: "fail" };
}
