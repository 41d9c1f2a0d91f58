import { execFile } from "node:child_process";
import { keyOf, type Reference } from "./object-metadata";

/** A resource as Pulumi's exported state has it; only what is read here. */
export interface StateEntry {
  readonly urn: string;
  readonly type: string;
  /** An old copy that only waits for its deletion. */
  readonly delete?: boolean;
  /** The engine refuses to delete it. */
  readonly protect?: boolean;
  readonly inputs?: {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
    readonly name?: string;
    readonly namespace?: string;
  };
}

/** An operation that a killed run had begun and not recorded as done. */
export interface PendingOperation {
  readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
  readonly resource: StateEntry;
}

/** The part of Pulumi's exported state with the resources and the interrupted operations. */
export interface Deployment {
  readonly resources?: readonly StateEntry[];
  readonly pending_operations?: readonly PendingOperation[];
}

/** A run of the stack that has ended, as Pulumi's history has it; a run whose engine was killed is in none. */
export interface PastRun {
  /** "update" for `up`; refresh, destroy and others have kinds of their own. */
  readonly kind: string;
  /** "succeeded", "failed" or "in-progress". */
  readonly result: string;
  /** When it began and ended, as a date in ISO 8601 to the second. */
  readonly startTime: string;
  readonly endTime?: string;
}

const releaseType = "kubernetes:helm.sh/v3:Release";

/** A release, represented as if it were an object of the cluster. */
export const releaseReference = (namespace: string, name: string): Reference => ({
  apiVersion: "helm.sh/v3",
  kind: "Release",
  metadata: { name, namespace },
});

/** The object or release a state entry stands for; undefined when it is neither. */
export function referenceOf({ type, inputs }: StateEntry): Reference | undefined {
  const { apiVersion, kind, metadata, name, namespace } = inputs ?? {};
  if (type === releaseType && name && namespace) return releaseReference(namespace, name);
  if (!type.startsWith("kubernetes:") || !apiVersion || !kind || !metadata?.name) return undefined;
  const { name: own, namespace: within } = metadata;
  return { apiVersion, kind, metadata: within ? { name: own, namespace: within } : { name: own } };
}

/** Releases in the state. */
export const releasesIn = ({ resources = [] }: Deployment): Reference[] =>
  resources.filter(({ type }) => type === releaseType).flatMap((entry) => referenceOf(entry) ?? []);

/** Keys of every resource in the state. */
export const madeIn = ({ resources = [] }: Deployment): ReadonlySet<string> =>
  new Set(resources.flatMap((entry) => referenceOf(entry) ?? []).map(keyOf));

/**
 * The state of a stack, secrets closed; undefined when the pulumi command cannot be asked. `stack`: organization/project/stack.
 * For the program itself, which learns nothing of its own state.
 */
export const exportedState = async (stack: string): Promise<Deployment | undefined> =>
  ((await ask(["stack", "export", "--stack", stack])) as { deployment?: Deployment } | undefined)?.deployment;

/** The newest runs of a stack that have ended, newest first; none when the pulumi command cannot be asked. */
export const pastRuns = async (stack: string): Promise<readonly PastRun[]> =>
  ((await ask(["stack", "history", "--stack", stack, "--json", "--page-size", "20"])) ?? []) as readonly PastRun[];

/** What a command printed as JSON; undefined for other text, such as a warning before it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ask(args: readonly string[]): Promise<unknown> {
  return new Promise((resolve) => {
    execFile("pulumi", [...args, "--non-interactive"], { maxBuffer: 512 * 2 ** 20 }, (error, stdout) => {
      resolve(error ? undefined : parsed(stdout));
    });
  });
}
