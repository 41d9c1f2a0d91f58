/** What every rule of the pack says about itself, and what a rule about whole objects must be able to do. Types only. */
import type { DeclaredReason, Finding, Level, Manifest, ObjectRef, Severity, TextSlip } from "../contract";
import type { ScanReport } from "../images/scan-report";
import type { PolicySettings } from "../settings/settings-schema";
import type { ImageVerdict } from "../signatures/verify-image";

/** How strict a stack is. */
export type Profile = "dev" | "staging" | "prod";

/** `mandatory` stops a deployment, `advisory` is shown, `disabled` is not even evaluated. */
export type Enforcement = "mandatory" | "advisory" | "disabled";

/** What a person, a report and CrossGuard need to know of a rule without running it. */
export interface RuleInfo {
  /** Kebab-case, the stem of its file, test and docs section. */
  readonly id: string;
  readonly severity: Severity;
  /** One sentence: what must hold, and why. */
  readonly description: string;
  /** What could happen without it, where the description does not say so itself. */
  readonly why?: string;
  /** One sentence: the change that fixes a finding. */
  readonly fix: string;
  /** Set for a rule that looks from one object to another: it is asked once about everything that is deployed together, not about each release or
   *  resource. @default false */
  readonly across?: boolean;
  /** Control IDs it covers: requirement rows (MR-34), "CIS 5.6.3" (CIS Kubernetes Benchmark 1.12), "NSA/CISA Pod security"
   *  (chapter of the Kubernetes Hardening Guide 1.2), "SOC2 CC6.1", "ISO A.8.12", "PSS restricted", or a threat it answers: "ZN T1". */
  readonly controls: readonly string[];
}

/** A rule of the catalogue: what it says of itself, and how strict it is in each profile. */
export interface Rule extends RuleInfo {
  readonly enforcement: Readonly<Record<Profile, Enforcement>>;
}

/** A tree of values given to a chart, and where it stands. */
export interface ValuesSource {
  /** Where the values were written, for the message: "values" of the release, or a file such as "values.yaml" of the chart. */
  readonly name: string;
  /** The object they belong to in a finding. */
  readonly object: ObjectRef;
  readonly tree: unknown;
  /** Text of the file, to find lines again. */
  readonly text?: string;
}

/** A question a chart asks while it renders, whose answer before a deployment is not that of the cluster. */
export interface ClusterQuery {
  /** The release, for a finding. */
  readonly object: ObjectRef;
  /** What was asked and how it was answered. @default a lookup */
  readonly got?: string;
  readonly file?: string;
  readonly line?: number;
}

/** A slip in a text, with the object it is reported for. */
export type LocatedSlip = TextSlip & { readonly object: ObjectRef };

/** The Helm release objects come from, as far as rules ask about it. */
export interface ReleaseSource {
  /** The release, for a finding. */
  readonly object: ObjectRef;
  /** Whether Helm makes the namespace: the input as it was given, UNKNOWN included. */
  readonly createNamespace: unknown;
}

/** The circumstances objects are evaluated in. */
export interface RuleContext {
  readonly profile: Profile;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** Level and version the namespaces enforce, e.g. restricted, "v1.36" or "latest"; no version is later than `kubeVersion`, which is what "latest" means. */
  readonly podSecurity: { readonly level: Level; readonly version: string };
  /** Values the objects were rendered from. @default none */
  readonly values?: readonly ValuesSource[];
  /** The Helm release they come from. @default none */
  readonly release?: ReleaseSource;
  /** What the chart they were rendered from asks of the cluster or the release. @default nothing */
  readonly queries?: readonly ClusterQuery[];
  /** What a reviewer overlooks in the texts they were read from. @default nothing */
  readonly slips?: readonly LocatedSlip[];
  /** "part" for a resource of many that is evaluated alone: what seems to be missing may stand elsewhere; "patch" for some fields of one. @default "whole" */
  readonly scope?: "whole" | "part" | "patch";
  /** Set where what a GitOps object points at is evaluated with it. @default it is somewhere else */
  readonly sourceEvaluated?: boolean;
  /** Kubernetes version the objects are for, e.g. "1.36". @default the newest the pack knows */
  readonly kubeVersion?: string;
  /** API versions of the cluster beside Kubernetes' own. @default none */
  readonly apiVersions?: readonly string[];
  /** All the cluster serves, when it could be asked. @default Kubernetes' own and `apiVersions` */
  readonly served?: readonly string[];
  /** What the project says of images, scans and exemptions. @default nothing */
  readonly settings?: PolicySettings;
  /** Vulnerability reports at hand, asked for when the settings have `scans`. @default none */
  readonly scans?: readonly ScanReport[];
  /** What was found out of the signatures of the images, by image as it is written. @default nobody asked for signatures */
  readonly signatures?: ReadonlyMap<string, Pick<ImageVerdict, "outcome" | "reason" | "offline">>;
  /** Rules evaluated although the profile disables them, because the pack's configuration says so. @default none */
  readonly switchedOn?: ReadonlySet<string>;
  /** The time to evaluate by. @default a time at which everything has expired */
  readonly now?: Date;
}

/** A rule about objects: pure, same answer for the same objects, findings in the objects' order. */
export interface ObjectRule extends RuleInfo {
  check(objects: readonly Manifest[], context: RuleContext): readonly Finding[];
  /** What it does not report, because an annotation of the object declares a reason. @default nothing */
  declared?(objects: readonly Manifest[], context: RuleContext): readonly DeclaredReason[];
}
