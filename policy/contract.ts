/** Types that every part of the pack shares: rendered objects, findings, verdicts. Types only. */

/** How bad it is when the rule is broken; the field's usual four steps. */
export type Severity = "low" | "medium" | "high" | "critical";

/** A Pod Security Standard level. */
export type Level = "privileged" | "baseline" | "restricted";

/** A plain JSON object, as YAML or Helm gives it: nothing about its shape is assumed. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** One Kubernetes object with the place it was written. */
export interface Manifest {
  readonly object: JsonObject;
  /** Template file as Helm's `# Source:` names it, or the path of a plain manifest. */
  readonly file?: string;
  /** Zero-based index of the document in the rendered text, to find its lines again when there is a finding. */
  readonly document?: number;
  /** `helm.sh/hook` of the object when it is a hook, e.g. "pre-install,pre-upgrade". */
  readonly hook?: string;
}

/** What the cluster accepts in a text and a reviewer overlooks. */
export interface TextSlip {
  /** `duplicate-key`: a key that stands twice, of which the last counts; `hidden-line-break`: a character that ends a line for Kubernetes alone;
   *  `hidden-direction`: one that has a line shown in another order than it is read in. */
  readonly kind: "duplicate-key" | "hidden-line-break" | "hidden-direction";
  /** The key, or the character as "U+2028". */
  readonly what: string;
  readonly file: string;
  /** One-based line, 0 where it is not known. */
  readonly line: number;
}

/** The object a finding is about. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** One broken rule at one place. Texts are built from it in `message.ts`, nowhere else. */
export interface Finding {
  /** Kebab-case id of the rule: its file, test, docs section, Pulumi policy and SARIF rule carry the same. */
  readonly rule: string;
  readonly severity: Severity;
  readonly object: ObjectRef;
  /** Names of the containers concerned, in the order they are visited; empty when it is about the pod or object. */
  readonly containers: readonly string[];
  /** Path of the field inside the object, e.g. "spec.template.spec.containers[0].securityContext.privileged". */
  readonly field: string;
  /** What was found ("unset" when absent). Never a value that may be secret. */
  readonly got: string;
  readonly want: string;
  /** One sentence: the change that fixes it. */
  readonly fix: string;
  readonly file?: string;
  readonly line?: number;
  /** `undetermined`: the rule could not be evaluated (an unknown value). It counts as a violation of its rule: it stops a deployment where that is mandatory. */
  readonly outcome: "fail" | "undetermined";
}

/** A finding suppressed by an exemption, with reason and owner. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly exemption: {
    /** Place in `<project>:policy.exemptions`. */
    readonly index: number;
    readonly reason: string;
    readonly owner: string;
    /** Last day, as 2027-01-31. */
    readonly expires: string;
  };
}

/** A chart that declares that its lookups change no object, by the annotation hardened.pulumi/lookup of its Chart.yaml. The reason is not validated. */
export interface DeclaredLookups {
  /** Path of the chart in its release, e.g. "web/charts/db". */
  readonly chart: string;
  readonly reason: string;
}

/** An object whose own annotation declares why a rule does not hold for it. The reason is not validated. */
export interface DeclaredReason {
  readonly rule: string;
  readonly object: ObjectRef;
  readonly reason: string;
}

/** Result of the pack for a set of objects. */
export interface Verdict {
  readonly findings: readonly Finding[];
  /** Findings suppressed by an exemption: every report shows them. @default none */
  readonly exempted?: readonly SuppressedFinding[];
  /** Charts whose lookups, and objects of which a rule, are not among the findings, by a reason they give: reports for people and the JSON show it.
   *  @default none */
  readonly declared?: readonly (DeclaredLookups | DeclaredReason)[];
  /** How many objects and pods were evaluated: 0 objects is never a pass by accident, the caller says what it expected. */
  readonly objects: number;
  readonly pods: number;
}
