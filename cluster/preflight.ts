import type { RunEvent } from "../process/run-events";
import { UserError } from "../process/user-error";
import { apiServerAddress } from "./api-server-address";
import { type Lacking, lacking, type Need, presentIn } from "./capabilities";
import { observeSecretChanges } from "./changed-secrets";
import { type Cluster, ClusterUnavailable } from "./cluster";
import { type ClusterIdentity, keyOfCluster, wrongCluster } from "./cluster-identity";
import { kindFaults, type RequiredKind } from "./custom-resources";
import { type DeliveryController, deliveryFaults, heldByHelm } from "./delivery-faults";
import { dnsFaults } from "./dns";
import type { ReleaseState } from "./helm-records";
import { type Evidence, isInstalledByHand, isInterrupted, isWrittenByHelm } from "./interrupted-release";
import { contextNames } from "./kubeconfig";
import { missingKeys, missingNamespaces, missingSecrets, type Named } from "./named-objects";
import { type NamespaceState, observeNamespace } from "./namespace-state";
import { type ObservedCluster, type ObservedRelease, releaseKey } from "./observed";
import { type HardSpread, placementFaults } from "./placement";
import { observeRelease } from "./releases";
import { type RequiredStore, storeFaults } from "./secret-stores";
import { releaseReference } from "./stack-state";

/** Cluster prerequisites of one release, checked before any resource is registered. A system may have several, in one namespace or in more. */
export interface ReleaseRequirements {
  /** System that makes the namespace, as `app.kubernetes.io/name` of what the program makes in it. */
  readonly system: string;
  readonly namespace: string;
  readonly release: string;
  /** A Secret managed outside of the stack, and the keys it must have. */
  readonly existingSecret?: { readonly name: string; readonly keys: readonly string[] } | undefined;
  /** Optional parts of a cluster that the configuration asks for. @default none */
  readonly needs?: readonly Need[];
  /** Stores its ExternalSecrets read. @default none */
  readonly stores?: readonly RequiredStore[];
  /** Workloads with a hard topology spread. @default none */
  readonly apart?: readonly HardSpread[];
  /** Notes about the configuration, shown at every run. @default none */
  readonly notes?: readonly string[];
  /** Other Secrets of the namespace that its pods read. @default none */
  readonly otherSecrets?: readonly Named[];
  /** CustomResourceDefinitions it needs. @default none */
  readonly customResources?: readonly RequiredKind[];
  /** Namespaces its network policies name; one of this stack's own need not exist yet. @default none */
  readonly namespaces?: readonly Named[];
  /** Whether its network policies need the addresses of the API server. @default false */
  readonly apiServer?: boolean;
}

export interface PreflightArgs {
  /** `<project>/<stack>`, the owner's name. */
  readonly owner: string;
  readonly cluster: Cluster;
  readonly identity: ClusterIdentity;
  readonly podSecurityVersion: string;
  /** A preview changes nothing, so it may go on without the cluster. */
  readonly dryRun: boolean;
  readonly releases: readonly ReleaseRequirements[];
  /** Optional parts of a cluster that the stack as a whole asks for. @default none */
  readonly needs?: readonly Need[];
  /** Controller that installs the charts. @default none: this program installs them */
  readonly controller?: DeliveryController | undefined;
  /** The stack's state and history, undefined when they cannot be read; read only when a release is pending or was written by Helm's own command. */
  readonly evidence: () => Promise<Evidence | undefined>;
}

export interface Preflight {
  /** Errors to fix before the run, one per line. */
  readonly mistakes: readonly string[];
  /** Information about the run, one sentence each. */
  readonly notes: readonly RunEvent[];
  /** What will not work as configured, though the run continues. */
  readonly warnings: readonly string[];
  readonly observed: ObservedCluster;
}

/**
 * Checks the cluster before any resource is registered: is it the one the stack declares, do the namespaces belong to the stack,
 * are existing Secrets complete, is a release pending. Releases that interrupted runs of this stack left pending were repaired before.
 */
export async function preflight(args: PreflightArgs): Promise<Preflight> {
  let known: readonly string[] | undefined;
  try {
    known = contextNames();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return failed(error.message);
  }
  if (known && !known.includes(args.cluster.context)) {
    const others = known.length > 0 ? `it has: ${known.join(", ")}` : "it has none";
    return failed(
      `this stack is made for the kubeconfig context "${args.cluster.context}", which your kubeconfig does not have (${others}); set ${keyOfCluster(args.identity)}.context or KUBECONFIG`,
    );
  }
  const clashes = namespaceClashes(args.releases);
  if (clashes.length > 0) return { ...nothingAsked([]), mistakes: clashes };
  // Without a kubeconfig there is no cluster to check; charts can still be rendered and evaluated.
  if (known === undefined && args.dryRun) return nothingAsked([]);
  try {
    const wrong = await wrongCluster(args.cluster, args.identity);
    if (wrong !== undefined) return failed(wrong);
    const own = new Set(args.releases.map(({ namespace }) => namespace));
    const named = args.releases.flatMap(({ namespaces = [] }) => namespaces).filter(({ name }) => !own.has(name));
    const apart = args.releases.flatMap((one) => one.apart ?? []);
    const kinds = args.releases.flatMap(({ customResources = [] }) => customResources);
    const [spaces, optional, absent, crowded, nameless, undelivered, unusable, apiServer] = await Promise.all([
      Promise.all([...own].map((namespace) => inspectNamespace(namespace, args))),
      inspectOptional(args),
      missingNamespaces(args.cluster, named),
      placementFaults(args.cluster, apart),
      args.releases.length > 0 ? dnsFaults(args.cluster) : [],
      args.controller === undefined ? [] : deliveryFaults(args.cluster, args.controller),
      kindFaults(args.cluster, args.owner, kinds),
      args.releases.some((one) => one.apiServer === true) ? apiServerAddress(args.cluster) : undefined,
    ]);
    const parts = await Promise.all(
      args.releases.map((one) =>
        inspectRelease(
          one,
          spaces.find(({ name }) => name === one.namespace),
          args,
        ),
      ),
    );
    return {
      mistakes: [
        ...optional.mistakes,
        ...undelivered,
        ...unusable,
        ...[...spaces, ...parts].flatMap((part) => part.mistakes),
      ],
      notes: [...args.releases.flatMap(notesOf), ...spaces.flatMap((space) => space.notes)],
      warnings: [...optional.warnings, ...absent, ...crowded, ...nameless],
      observed: {
        namespaces: Object.fromEntries(spaces.flatMap(({ name, state }) => (state ? [[name, state]] : []))),
        releases: Object.fromEntries(
          parts.flatMap(({ observed }, index) =>
            observed ? [[releaseKey(args.releases[index] as ReleaseRequirements), observed]] : [],
          ),
        ),
        ...(apiServer !== undefined && { apiServer }),
      },
    };
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    const { context } = args.cluster;
    if (!args.dryRun) return failed(args.cluster.unavailable(error));
    return nothingAsked([{ code: "cluster.unreachable", data: { context, reason: error.message } }]);
  }
}

const notesOf = ({ notes = [] }: ReleaseRequirements): RunEvent[] =>
  notes.map((message) => ({ code: "note", data: { message } }));

const nothingAsked = (notes: readonly RunEvent[]): Preflight => ({
  mistakes: [],
  notes,
  warnings: [],
  observed: { namespaces: {}, releases: {} },
});

const failed = (mistake: string): Preflight => ({ ...nothingAsked([]), mistakes: [mistake] });

/** Optional parts of a cluster that the configuration requires: controllers, and stores of secrets. */
async function inspectOptional({ cluster, releases, needs: general = [] }: PreflightArgs): Promise<Lacking> {
  const needs = [...general, ...releases.flatMap((one) => one.needs ?? [])];
  if (needs.length === 0) return { mistakes: [], warnings: [] };
  const present = await presentIn(cluster, needs);
  const found = [lacking(needs, present, cluster.context)];
  for (const { namespace, stores = [] } of present.has("external-secrets.io/v1") ? releases : [])
    found.push(await storeFaults(cluster, namespace, stores));
  return { mistakes: found.flatMap(({ mistakes }) => mistakes), warnings: found.flatMap(({ warnings }) => warnings) };
}

/** Conflicts between releases: two of one name, or two systems in one namespace, which both would create. A line each. */
export function namespaceClashes(releases: readonly ReleaseRequirements[]): string[] {
  return releases.flatMap((one, index) => {
    const earlier = releases.slice(0, index);
    if (earlier.some((other) => releaseKey(other) === releaseKey(one)))
      return [`release ${releaseKey(one)} is declared twice; give each release a name of its own`];
    const other = earlier.find(({ namespace, system }) => namespace === one.namespace && system !== one.system);
    return other === undefined
      ? []
      : [
          `namespace ${one.namespace} is used by ${other.system} and by ${one.system}, and each of them creates it; give one of them another namespace`,
        ];
  });
}

interface InspectedNamespace {
  readonly name: string;
  /** Undefined when it does not exist yet. */
  readonly state?: NamespaceState | undefined;
  /** Whether it exists and belongs to another owner. */
  readonly isForeign: boolean;
  readonly mistakes: readonly string[];
  readonly notes: readonly RunEvent[];
}

async function inspectNamespace(name: string, args: PreflightArgs): Promise<InspectedNamespace> {
  const state = await observeNamespace(args.cluster, name, args.podSecurityVersion);
  if (state && state.owner !== args.owner)
    return { name, isForeign: true, mistakes: [foreignNamespace(name, state.owner, args)], notes: [] };
  const labels = state?.drifted ?? [];
  const notes: RunEvent[] = labels.length > 0 ? [{ code: "namespace.drift", data: { namespace: name, labels } }] : [];
  return { name, state, isForeign: false, mistakes: [], notes };
}

interface InspectedRelease {
  readonly mistakes: readonly string[];
  readonly observed?: ObservedRelease;
}

async function inspectRelease(
  wanted: ReleaseRequirements,
  space: InspectedNamespace | undefined,
  args: PreflightArgs,
): Promise<InspectedRelease> {
  const { cluster } = args;
  if (space?.isForeign) return { mistakes: [] };
  const mistakes: string[] = [];
  if (wanted.existingSecret) mistakes.push(...(await secretMistakes(cluster, wanted)));
  mistakes.push(...(await missingSecrets(cluster, wanted.namespace, wanted.otherSecrets ?? [])));
  if (space?.state === undefined) return { mistakes };
  const state = await observeRelease(cluster, wanted.namespace, wanted.release);
  // A controller repairs its releases itself.
  if (args.controller) return { mistakes: [...mistakes, ...heldByHelm(wanted, state, args.controller)] };
  if (state && (await isOthers(wanted, state, args))) return { mistakes: [...mistakes, foreignRelease(wanted)] };
  if (state?.status.startsWith("pending-") && !(await isPutRight(wanted, state, args))) {
    mistakes.push(
      `release ${releaseKey(wanted)} is ${state.status} at revision ${state.revision}, written by ${state.writer ?? "someone else"}: wait until that has ended, or roll it back with helm rollback`,
    );
  }
  if (state?.status === "uninstalling" && !args.dryRun) {
    mistakes.push(
      `release ${releaseKey(wanted)} is being uninstalled: wait until it has ended; if no process does it, a destroy was killed: run \`hardened up\` or \`hardened destroy\` again, which repairs that`,
    );
  }
  const secretChanges = state && (await observeSecretChanges(cluster, wanted.namespace, wanted.release));
  return { mistakes, observed: { state, secretChanges } };
}

/** A preview leaves a pending release of an interrupted run to the run itself, which has repaired it before this check. */
async function isPutRight(
  wanted: ReleaseRequirements,
  release: ReleaseState,
  { dryRun, evidence }: PreflightArgs,
): Promise<boolean> {
  const books = dryRun ? await evidence() : undefined;
  return books !== undefined && isInterrupted(release, releaseReference(wanted.namespace, wanted.release), books);
}

/** State and history are read only for a release whose last record is Helm's own command's and that is not pending. */
async function isOthers(
  wanted: ReleaseRequirements,
  release: ReleaseState,
  { evidence }: PreflightArgs,
): Promise<boolean> {
  if (!isWrittenByHelm(release) || !["deployed", "failed"].includes(release.status)) return false;
  const books = await evidence();
  return (
    books !== undefined && isInstalledByHand(release, releaseReference(wanted.namespace, wanted.release), books.state)
  );
}

const foreignRelease = ({ namespace, release }: ReleaseRequirements): string =>
  `release ${namespace}/${release} was installed by Helm and not by this stack, which does not take it over; uninstall it (helm uninstall ${release} -n ${namespace}), or hand its objects over, which run on, by taking Helm's records of it away: kubectl delete secret -n ${namespace} -l owner=helm,name=${release}`;

function foreignNamespace(name: string, owner: string | undefined, args: PreflightArgs): string {
  const who =
    owner === undefined ? "was not made by this program (it has no owner annotation)" : `belongs to the stack ${owner}`;
  return `namespace ${name} exists and ${who}; choose another name, or hand it over to this stack, which then keeps its labels and deletes it when destroyed: kubectl annotate namespace ${name} hardened.pulumi/stack=${args.owner} --overwrite`;
}

async function secretMistakes(cluster: Cluster, wanted: ReleaseRequirements): Promise<string[]> {
  const { name, keys } = wanted.existingSecret as NonNullable<ReleaseRequirements["existingSecret"]>;
  const { exists, missing } = await missingKeys(cluster, wanted.namespace, name, keys);
  if (!exists)
    return [
      `Secret ${wanted.namespace}/${name} does not exist; ${wanted.system} needs it with the keys ${keys.join(", ")}`,
    ];
  return missing.length > 0
    ? [`Secret ${wanted.namespace}/${name} lacks ${missing.join(", ")}, or they are empty`]
    : [];
}
