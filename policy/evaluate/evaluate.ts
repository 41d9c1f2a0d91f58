/** Objects → a Verdict: Pod Security on every pod template, then the rules about objects. One engine for CrossGuard, the command line and the reports. */
import { podFields } from "../checks/pod-fields";
import type { DeclaredReason, Finding, Manifest, Verdict } from "../contract";
import { refOf } from "../manifest/manifest";
import { evaluatePod, fieldInObject, type PodFinding } from "../pod-security/evaluate-pod";
import { type PodTemplate, podTemplatesOf } from "../pods/pod-spec";
import { minorOf } from "../rules/api-lifecycle";
import type { RuleContext, RuleInfo } from "../rules/rule";
import { checkSize, withinTime } from "./bounds";
import { objectRules, ruleOf, rules } from "./catalogue";
import { applyExemptions } from "./exemptions";

/** What objects are evaluated in, and what helps to say where. */
export interface EvaluationContext extends RuleContext {
  /** One-based line of a field, asked only for findings. @default no lines */
  readonly lineOf?: (manifest: Manifest, field: string) => number | undefined;
  /** Set where no objects at all is a proper answer. @default false */
  readonly allowEmpty?: boolean;
  /** "pod-security": what admission would say, and nothing of the other rules; "alone": every rule but those that look from one object to another;
   *  "together": those. @default all rules */
  readonly only?: "pod-security" | "alone" | "together";
  /** Milliseconds it may take. @default see bounds.ts */
  readonly limitMs?: number;
}

/** There was nothing to evaluate: never a pass, most likely a mistake in a path, a condition or the values. */
export class NothingToEvaluate extends Error {
  constructor() {
    super("nothing to evaluate: there is not a single object");
    this.name = "NothingToEvaluate";
  }
}

/** Evaluates objects. Findings come in the order of the objects, then of the rules, then of the fields; equal input, equal verdict.
 *  Throws NothingToEvaluate for no objects, a RenderError for more than can be evaluated or in time (bounds.ts), and a RangeError for a Pod Security version that is
 *  neither "latest" nor "v1.<n>". */
export function evaluate(manifests: readonly Manifest[], context: EvaluationContext): Verdict {
  if (manifests.length === 0 && context.allowEmpty !== true) throw new NothingToEvaluate();
  // What is evaluated together was evaluated alone before.
  if (context.only !== "together") checkSize(manifests);
  return withinTime(() => evaluateAll(manifests, context), context.limitMs);
}

function evaluateAll(manifests: readonly Manifest[], context: EvaluationContext): Verdict {
  const found: Finding[] = [];
  const declared: DeclaredReason[] = [];
  let pods = 0;
  for (const manifest of context.only === "together" ? [] : manifests) {
    for (const pod of podTemplatesOf(manifest.object, context.settings?.podKinds)) {
      pods += 1;
      for (const finding of evaluatePodTemplate(manifest, pod, context)) found.push(finding);
    }
  }
  const isOff = (rule: string): boolean =>
    ruleOf(rule).enforcement[context.profile] === "disabled" && context.switchedOn?.has(rule) !== true;
  for (const rule of context.only === "pod-security" ? [] : objectRules) {
    if (!isAsked(rule, context) || isOff(rule.id)) continue;
    // One by one: a call takes some hundred thousand arguments at most.
    for (const finding of rule.check(manifests, context)) found.push(finding);
    for (const one of rule.declared?.(manifests, context) ?? []) declared.push(one);
  }
  const asked = { isOff, isElsewhere: (rule: string) => !isAsked(ruleOf(rule), context) };
  const { findings, exempted } = applyExemptions(found, manifests, context, asked);
  const locate = withLine(manifests, context);
  return {
    findings: ordered(findings, manifests, context).map(locate),
    ...(exempted.length > 0 && { exempted: exempted.map((one) => ({ ...one, finding: locate(one.finding) })) }),
    ...(declared.length > 0 && { declared }),
    objects: manifests.length,
    pods,
  };
}

/** Whether this pass asks the rule, or another one does. */
function isAsked(rule: RuleInfo, { only }: Pick<EvaluationContext, "only">): boolean {
  if (only === "pod-security") return !objectRules.some(({ id }) => id === rule.id);
  return only === undefined || (rule.across === true) === (only === "together");
}

/** The findings that stop a deployment in this profile. */
export function blocking(verdict: Verdict, profile: RuleContext["profile"]): Finding[] {
  return verdict.findings.filter((finding) => ruleOf(finding.rule).enforcement[profile] === "mandatory");
}

function evaluatePodTemplate(
  manifest: Manifest,
  { path, kind, template }: PodTemplate,
  context: EvaluationContext,
): Finding[] {
  const { level, version } = context.podSecurity;
  const emulation = `v1.${minorOf(context.kubeVersion)}`; // "latest" is the version of the API server
  const { findings, problems } = evaluatePod(template, level, version, { kind, emulation });
  const common = {
    object: refOf(manifest.object, context.namespace),
    ...(manifest.file !== undefined && { file: manifest.file }),
  };
  const refused = problems.map(
    ({ field, got, want }): Finding => ({
      ...common,
      rule: podFields.id,
      severity: podFields.severity,
      containers: [],
      field: fieldInObject(path, field.replace(/^spec\./, "")),
      got,
      want,
      fix: podFields.fix,
      outcome: "fail",
    }),
  );
  return [
    ...refused,
    ...findings.flatMap((finding) => podFindings(path, finding).map((one) => ({ ...common, ...one }))),
  ];
}

/** A finding for each place, so that every container is named with its own field and value. */
function podFindings(path: string, finding: PodFinding): Omit<Finding, "object" | "file" | "line">[] {
  const { check: rule, severity, outcome } = finding;
  return finding.places.map((place) => ({
    rule,
    severity,
    containers: place.container === undefined ? [] : [place.container],
    field: fieldInObject(path, place.field),
    got: place.got,
    want: place.want ?? finding.want,
    fix: place.fix ?? finding.fix,
    outcome,
  }));
}

/** Place of each object among the manifests; objects that are none of them (a release) come first. */
function ordered(findings: readonly Finding[], manifests: readonly Manifest[], context: EvaluationContext): Finding[] {
  if (findings.length < 2) return [...findings];
  const order = new Map(rules.map(({ id }, index) => [id, index]));
  const orderOf = ({ rule }: Finding): number => order.get(rule) ?? order.size;
  const places = new Map<string, number>();
  for (const [index, { object }] of manifests.entries()) {
    const key = keyOf({ object: refOf(object, context.namespace) });
    if (!places.has(key)) places.set(key, index);
  }
  const place = (finding: Finding): number => places.get(keyOf(finding)) ?? -1;
  return findings.toSorted((a, b) => place(a) - place(b) || orderOf(a) - orderOf(b));
}

function keyOf({ object }: Pick<Finding, "object">): string {
  return JSON.stringify([object.apiVersion, object.kind, object.namespace, object.name]);
}

function withLine(manifests: readonly Manifest[], context: EvaluationContext): (finding: Finding) => Finding {
  let places: Map<string, Manifest> | undefined;
  const key = (finding: Pick<Finding, "object" | "file">): string => `${finding.file ?? ""}\0${keyOf(finding)}`;
  const placesOf = (): Map<string, Manifest> => {
    // The first of equal names wins, as in `ordered`.
    const entries = manifests.map((manifest) => {
      const { object, file } = manifest;
      return [
        key({ object: refOf(object, context.namespace), ...(file !== undefined && { file }) }),
        manifest,
      ] as const;
    });
    return new Map(entries.toReversed());
  };
  return (finding) => {
    if (context.lineOf === undefined || finding.line !== undefined) return finding;
    places ??= placesOf();
    const manifest = places.get(key(finding));
    const line = manifest === undefined ? undefined : context.lineOf(manifest, finding.field);
    return line === undefined ? finding : { ...finding, line };
  };
}
