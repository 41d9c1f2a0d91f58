import { type Lacking, lacking, type Need, presentIn } from "./capabilities";
import { observeSecretChanges, type SecretChanges } from "./changed-secrets";
import {
  clusterUid,
  missingKeys,
  type NamespaceState,
  observeNamespace,
  observeRelease,
  supersedeDeployed,
} from "./cluster-state";
import type { ReleaseState } from "./helm-records";
import { type Evidence, isInstalledByHand, isInterrupted, isWrittenByHelm } from "./interrupted-release";
import { contextNames } from "./kubeconfig";
import { ClusterUnavailable } from "./kubectl";
import { missingNamespaces, missingSecrets, type Named } from "./named-objects";
import { type Apart, placementFaults } from "./placement";
import { storeFaults, type WantedStore } from "./secret-stores";
import { releaseReference } from "./stack-state";

/** What one system needs of the cluster, known before anything is registered. */
export interface Wanted {
  readonly system: string;
  readonly namespace: string;
  readonly release: string;
  /** A Secret someone else keeps, and the keys it must hold. */
  readonly existingSecret?: { readonly name: string; readonly keys: readonly string[] } | undefined;
  /** Optional parts of a cluster that the configuration asks for. @default none */
  readonly needs?: readonly Need[];
  /** Stores its ExternalSecrets read. @default none */
  readonly stores?: readonly WantedStore[];
  /** Pods that insist on standing apart. @default none */
  readonly apart?: readonly Apart[];
  /** What a person should be told of the configuration at every run. @default nothing */
  readonly notes?: readonly string[];
  /** Other Secrets of the namespace that its pods read. @default none */
  readonly otherSecrets?: readonly Named[];
  /** Namespaces its network policies name; one of this stack's own need not exist yet. @default none */
  readonly namespaces?: readonly Named[];
}

/** What the cluster said of one system; empty when the cluster could not be asked. */
export interface Observed {
  readonly namespace?: NamespaceState | undefined;
  readonly release?: ReleaseState | undefined;
  /** What the pods of its Deployments missed of their Secrets. */
  readonly secretChanges?: SecretChanges | undefined;
}

export interface PreflightArgs {
  /** `<project>/<stack>`, the owner's name. */
  readonly owner: string;
  readonly cluster: { readonly context: string; readonly uid?: string | undefined };
  readonly podSecurityVersion: string;
  /** A preview changes nothing, so it may go on without the cluster. */
  readonly dryRun: boolean;
  readonly wanted: readonly Wanted[];
  /** Optional parts of a cluster that the stack as a whole asks for. @default none */
  readonly needs?: readonly Need[];
  /** What the stack's own books say of its runs, nothing when they cannot be read; asked for only when a release is pending or a person's. */
  readonly evidence: () => Promise<Evidence | undefined>;
}

export interface Preflight {
  /** Everything that must be mended first, a line each. */
  readonly mistakes: readonly string[];
  /** Things a person should know, a line each. */
  readonly notes: readonly string[];
  /** Things that will not work as meant, though the run goes on. */
  readonly warnings: readonly string[];
  /** By namespace: a system has each of its releases in one of its own. */
  readonly observed: Readonly<Record<string, Observed>>;
}

/**
 * Looks at the cluster before anything is registered: is it the stack's own, do the namespaces belong to it, are existing
 * Secrets complete, is a release pending. What interrupted runs of this stack left pending was put right before.
 */
export async function preflight(args: PreflightArgs): Promise<Preflight> {
  const known = contextNames();
  if (known && !known.includes(args.cluster.context)) {
    const others = known.length > 0 ? `it has: ${known.join(", ")}` : "it has none";
    return failed(
      `this stack is made for the kubeconfig context "${args.cluster.context}", which your kubeconfig does not have (${others}); set hardened:cluster.context or KUBECONFIG`,
    );
  }
  // Without any kubeconfig there is no cluster to ask: a chart can be rendered and judged all the same.
  if (known === undefined && args.dryRun) return nothingAsked([]);
  try {
    const wrong = await wrongCluster(args.cluster);
    if (wrong !== undefined) return failed(wrong);
    const own = new Set(args.wanted.map(({ namespace }) => namespace));
    const named = args.wanted.flatMap(({ namespaces = [] }) => namespaces).filter(({ name }) => !own.has(name));
    const apart = args.wanted.flatMap((one) => one.apart ?? []);
    const [parts, optional, absent, crowded] = await Promise.all([
      Promise.all(args.wanted.map((one) => inspect(one, args))),
      inspectOptional(args),
      missingNamespaces(args.cluster.context, named),
      placementFaults(args.cluster.context, apart),
    ]);
    return {
      mistakes: [...optional.mistakes, ...parts.flatMap((part) => part.mistakes)],
      notes: [...args.wanted.flatMap((one) => one.notes ?? []), ...parts.flatMap((part) => part.notes)],
      warnings: [...optional.warnings, ...absent, ...crowded],
      observed: Object.fromEntries(parts.map((part, index) => [args.wanted[index]?.namespace, part.observed])),
    };
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    const text = `the cluster of context "${args.cluster.context}" could not be asked: ${error.message}`;
    return args.dryRun ? nothingAsked([`${text}; previewing without it`]) : failed(text);
  }
}

/** Why the cluster behind the context is not the stack's own; nothing when it is, or when the stack does not say. Throws ClusterUnavailable. */
export async function wrongCluster({ context, uid }: PreflightArgs["cluster"]): Promise<string | undefined> {
  if (uid === undefined) return undefined;
  const live = await clusterUid(context);
  if (live === uid) return undefined;
  return `the cluster behind context "${context}" is not the one this stack was made for: kube-system has UID ${live}, hardened:cluster.uid says ${uid}`;
}

const nothingAsked = (notes: readonly string[]): Preflight => ({ mistakes: [], notes, warnings: [], observed: {} });

const failed = (mistake: string): Preflight => ({ ...nothingAsked([]), mistakes: [mistake] });

/** What the configuration asks of the cluster beyond Kubernetes itself: its controllers, and the stores of secrets. */
async function inspectOptional({ cluster: { context }, wanted, needs: general = [] }: PreflightArgs): Promise<Lacking> {
  const needs = [...general, ...wanted.flatMap((one) => one.needs ?? [])];
  if (needs.length === 0) return { mistakes: [], warnings: [] };
  const present = await presentIn(context, needs);
  const found = [lacking(needs, present, context)];
  for (const { namespace, stores = [] } of present.has("external-secrets.io/v1") ? wanted : [])
    found.push(await storeFaults(context, namespace, stores));
  return { mistakes: found.flatMap(({ mistakes }) => mistakes), warnings: found.flatMap(({ warnings }) => warnings) };
}

async function inspect(
  wanted: Wanted,
  args: PreflightArgs,
): Promise<{ mistakes: string[]; notes: string[]; observed: Observed }> {
  const { context } = args.cluster;
  const mistakes: string[] = [];
  const notes: string[] = [];
  const namespace = await observeNamespace(context, wanted.namespace, args.podSecurityVersion);
  if (namespace && namespace.owner !== args.owner) {
    mistakes.push(foreignNamespace(wanted.namespace, namespace.owner, args));
    return { mistakes, notes, observed: {} };
  }
  if (wanted.existingSecret) mistakes.push(...(await secretMistakes(context, wanted)));
  mistakes.push(...(await missingSecrets(context, wanted.namespace, wanted.otherSecrets ?? [])));
  if (!namespace) return { mistakes, notes, observed: {} };
  if (namespace.drifted.length > 0)
    notes.push(`namespace ${wanted.namespace}: puts back ${namespace.drifted.join(", ")}`);
  const release = await observeRelease(context, wanted.namespace, wanted.release);
  if (release && (await isOthers(wanted, release, args))) {
    mistakes.push(foreignRelease(wanted));
    return { mistakes, notes, observed: { namespace } };
  }
  if (release?.status.startsWith("pending-") && !(await isPutRight(wanted, release, args))) {
    mistakes.push(
      `release ${wanted.namespace}/${wanted.release} is ${release.status} at revision ${release.revision}, written by ${release.writer ?? "someone else"}: wait until that has ended, or roll it back with helm rollback`,
    );
  }
  if (release?.status === "uninstalling" && !args.dryRun) {
    mistakes.push(
      `release ${wanted.namespace}/${wanted.release} is being uninstalled: wait for whoever does it; if nobody does, a destroy was killed: run \`hardened up\` or \`hardened destroy\` again, which put that right`,
    );
  }
  if (release?.status === "failed" && !args.dryRun) await supersedeDeployed(context, wanted.namespace, wanted.release);
  const secretChanges = release && (await observeSecretChanges(context, wanted.namespace));
  return { mistakes, notes, observed: { namespace, release, secretChanges } };
}

/** A preview leaves to the run itself what an interrupted one left pending; the run has put it right before it comes here. */
async function isPutRight(
  wanted: Wanted,
  release: ReleaseState,
  { dryRun, evidence }: PreflightArgs,
): Promise<boolean> {
  const books = dryRun ? await evidence() : undefined;
  return books !== undefined && isInterrupted(release, releaseReference(wanted.namespace, wanted.release), books);
}

/** The books are asked only of what Helm's own command wrote last, and of what is not on its way to something else. */
async function isOthers(wanted: Wanted, release: ReleaseState, { evidence }: PreflightArgs): Promise<boolean> {
  if (!isWrittenByHelm(release) || !["deployed", "failed"].includes(release.status)) return false;
  const books = await evidence();
  return (
    books !== undefined && isInstalledByHand(release, releaseReference(wanted.namespace, wanted.release), books.state)
  );
}

const foreignRelease = ({ namespace, release }: Wanted): string =>
  `release ${namespace}/${release} was installed by Helm and not by this stack, which does not take it over; uninstall it (helm uninstall ${release} -n ${namespace}), or hand its objects over, which run on, by taking Helm's records of it away: kubectl delete secret -n ${namespace} -l owner=helm,name=${release}`;

function foreignNamespace(name: string, owner: string | undefined, args: PreflightArgs): string {
  const who =
    owner === undefined ? "was not made by this program (it has no owner annotation)" : `belongs to the stack ${owner}`;
  return `namespace ${name} exists and ${who}; choose another name, or hand it over to this stack, which then keeps its labels and deletes it when destroyed: kubectl annotate namespace ${name} hardened.pulumi/stack=${args.owner} --overwrite`;
}

async function secretMistakes(context: string, wanted: Wanted): Promise<string[]> {
  const { name, keys } = wanted.existingSecret as NonNullable<Wanted["existingSecret"]>;
  const { exists, missing } = await missingKeys(context, wanted.namespace, name, keys);
  if (!exists)
    return [
      `Secret ${wanted.namespace}/${name} does not exist; ${wanted.system} needs it with the keys ${keys.join(", ")}`,
    ];
  return missing.length > 0
    ? [`Secret ${wanted.namespace}/${name} lacks ${missing.join(", ")}, or they are empty`]
    : [];
}
