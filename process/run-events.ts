/**
 * Events of a run: each has a stable code, and data whose type depends on the code. Hosts receive them: the terminal, JSON lines,
 * Pulumi's log, tests. Codes and fields are the interface; the wording of a line may change.
 */

/** Operation of a run; `hardened up` is a preview, then an up. */
export type RunAction = "preview" | "up" | "destroy";

/** One resource of the program, and the operation on it. */
export interface ResourceOperation {
  /** Pulumi's name of the operation, such as `create`, `update`, `delete` or `create-replacement`. */
  readonly op: string;
  readonly urn: string;
  /** Type token, such as `kubernetes:core/v1:Secret`. */
  readonly type: string;
  readonly name: string;
}

/** A violation the policy pack reported. */
export interface Violation {
  readonly policy: string;
  readonly level: "advisory" | "mandatory" | "remediate";
  readonly message: string;
  readonly urn: string;
}

/** The data of each event, by its code. */
export interface RunEventData {
  "run.started": {
    readonly action: RunAction;
    readonly stack: string;
    readonly environment: string;
    readonly context: string;
  };
  "run.summary": { readonly action: RunAction; readonly changes: Readonly<Record<string, number>> };
  "run.failed": { readonly action: RunAction; readonly stack: string; readonly reasons: readonly string[] };
  "resource.planned": ResourceOperation & { readonly fields: readonly string[] };
  "resource.started": ResourceOperation;
  "resource.done": ResourceOperation & { readonly seconds?: number };
  "resource.failed": ResourceOperation;
  "policy.violation": Violation;
  "policy.summary": { readonly mandatory: number; readonly advisory: number };
  "engine.error": { readonly urn: string; readonly message: string };
  "engine.warning": { readonly urn: string; readonly message: string };
  note: { readonly message: string };
  warning: { readonly message: string };
  "namespace.drift": { readonly namespace: string; readonly labels: readonly string[] };
  "cluster.unreachable": { readonly context: string; readonly reason: string };
  "lock.released": { readonly pid?: number };
  "repair.ended-process": { readonly pids: readonly number[] };
  "repair.removed-object": { readonly kind: string; readonly name: string };
  "repair.pending-release": ReleaseName & { readonly status: string; readonly revision: number };
  "repair.partial-install": ReleaseName;
  "repair.partial-uninstall": ReleaseName;
  "repair.refresh": { readonly objects: number };
  "delivery.retry": { readonly kind: string; readonly name: string };
}

interface ReleaseName {
  readonly namespace: string;
  readonly release: string;
}

export type RunEventCode = keyof RunEventData;

/** One event: `code` decides the type of `data`. */
export type RunEvent = {
  [Code in RunEventCode]: { readonly code: Code; readonly data: RunEventData[Code] };
}[RunEventCode];

/** Receiver of a run's events. */
export interface RunHost {
  readonly notify: (event: RunEvent) => void;
}

interface CatalogueEntry<Code extends RunEventCode> {
  readonly meaning: string;
  /** What each field holds. */
  readonly data: { readonly [Field in keyof RunEventData[Code]]-?: string };
  /** The event as a line of text. @default none: each host shows it in its own form */
  readonly line?: (data: RunEventData[Code]) => string;
}

const action = "`preview`, `up` or `destroy`";
const resource = {
  op: "Pulumi's word for the operation, such as `create`, `update`, `delete`",
  urn: "the resource",
  type: "its type token",
  name: "its name in the program",
};
const release = { namespace: "its namespace", release: "its name" };

/** Every code with its meaning and its fields; `docs/reference/events.md` is generated from it. */
export const runEvents: { readonly [Code in RunEventCode]: CatalogueEntry<Code> } = {
  "run.started": {
    meaning: "A run begins; `hardened up` is a preview, then an up.",
    data: { action, stack: "its name", environment: "dev, staging or prod", context: "kubeconfig context" },
  },
  "run.summary": {
    meaning: "A run has succeeded.",
    data: { action, changes: "number of resources by operation; of a preview, what would be done" },
  },
  "run.failed": {
    meaning: "A run has failed; the next one goes on from there.",
    data: { action, stack: "its name", reasons: "why, one text each" },
  },
  "resource.planned": {
    meaning: "A preview: what would be done with a resource that does not stay the same.",
    data: { ...resource, fields: "properties that differ" },
  },
  "resource.started": { meaning: "An operation on a resource begins.", data: resource },
  "resource.done": {
    meaning: "An operation on a resource has succeeded.",
    data: { ...resource, seconds: "how long it took; left out when its beginning was not told" },
  },
  "resource.failed": { meaning: "An operation on a resource has failed; `engine.error` says why.", data: resource },
  "policy.violation": {
    meaning: "The policy pack objects to a resource.",
    data: {
      policy: "name of the rule",
      level: "`mandatory`, `advisory` or `remediate`, Pulumi's level of the rule",
      message: "what and where",
      urn: "resource",
    },
  },
  "policy.summary": {
    meaning: "The policy pack has evaluated everything.",
    data: { mandatory: "number of violations that refuse the run", advisory: "number of the others" },
  },
  "engine.error": { meaning: "An error of Pulumi or of a provider.", data: { urn: "resource, or empty", message: "" } },
  "engine.warning": {
    meaning: "A warning of Pulumi, of a provider or of a component.",
    data: { urn: "resource, or empty", message: "" },
  },
  note: {
    meaning: "What a person should know of the configuration.",
    data: { message: "" },
    line: ({ message }) => message,
  },
  warning: {
    meaning: "What will not work as meant, though the run goes on.",
    data: { message: "" },
    line: ({ message }) => message,
  },
  "namespace.drift": {
    meaning: "Labels of a namespace were changed by someone else; the run puts them back.",
    data: { namespace: "its name", labels: "keys" },
    line: ({ namespace, labels }) => `namespace ${namespace}: puts back ${labels.join(", ")}`,
  },
  "cluster.unreachable": {
    meaning: "The cluster could not be asked, and the preview goes on without it.",
    data: { context: "kubeconfig context", reason: "why" },
    line: ({ context, reason }) =>
      `the cluster of context "${context}" could not be asked: ${reason}; previewing without it`,
  },
  "lock.released": {
    meaning: "The stack was locked by a run that was killed; the lock is removed.",
    data: { pid: "process that held it; left out when the lock does not say" },
    line: ({ pid }) =>
      `the stack was locked by a run that was killed${pid === undefined ? "" : ` (process ${pid})`}: unlocked`,
  },
  "repair.ended-process": {
    meaning: "Processes of a killed run still ran; they are ended.",
    data: { pids: "their process ids" },
    line: ({ pids }) => `ended what a killed run had left running: process ${pids.join(", ")}`,
  },
  "repair.removed-object": {
    meaning: "A killed run had made an object and not recorded it; it is removed, and recreated by this run.",
    data: { kind: "kind, with its API group", name: "its name" },
    line: ({ kind, name }) => `removed half-made ${kind} ${name}`,
  },
  "repair.pending-release": {
    meaning: "A killed run had left a release pending; its record is repaired.",
    data: { ...release, status: "Helm's status before", revision: "revision of that record" },
    line: (data) =>
      `release ${data.namespace}/${data.release} is ${data.status} at revision ${data.revision}, left by a run that was killed: repaired`,
  },
  "repair.partial-install": {
    meaning: "A killed run had begun to install a release; the install is done again, its objects run on.",
    data: release,
    line: (data) => `release ${data.namespace}/${data.release} was interrupted while it was installed: repaired`,
  },
  "repair.partial-uninstall": {
    meaning: "A killed run had begun to uninstall a release; it is reinstalled.",
    data: release,
    line: (data) =>
      `release ${data.namespace}/${data.release} was interrupted while it was uninstalled: it is reinstalled`,
  },
  "repair.refresh": {
    meaning: "Asks the cluster about objects that an interrupted run may have changed, or that are gone.",
    data: { objects: "how many" },
    line: ({ objects }) =>
      `asking the cluster about ${objects} objects that an interrupted run may have changed, or that are gone`,
  },
  "delivery.retry": {
    meaning: "Argo CD or Flux has failed to install a release; the run has it try again.",
    data: { kind: "kind of the object that stands for the release", name: "its name" },
    line: ({ kind, name }) => `${kind} ${name} has failed: asking for another try`,
  },
};

/** An event as a line of text; undefined for one that each host shows in its own form. */
export function lineOf({ code, data }: RunEvent): string | undefined {
  const { line } = runEvents[code] as { readonly line?: (given: typeof data) => string };
  return line?.(data);
}
