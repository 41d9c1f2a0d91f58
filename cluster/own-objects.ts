import * as pulumi from "@pulumi/pulumi";
import { type Cluster, ClusterUnavailable } from "./cluster";
import { contextNames } from "./kubeconfig";
import { ownerAnnotation } from "./labels";
import { keyOf, type ObjectMetadata, type Reference, withMetadata } from "./object-metadata";
import { type Deployment, madeIn } from "./stack-state";

/** A namespace of a stack, with what identifies the stack's own objects in it. */
export interface ReleaseLocation {
  /** System, as `app.kubernetes.io/name` of what the program makes itself. */
  readonly system: string;
  readonly namespace: string;
  readonly release: string;
}

const managedBy = "app.kubernetes.io/managed-by";

/** Label selector that every object the program creates matches; others may match too. */
export const madeSelector = `${managedBy}=pulumi`;

/**
 * Whether the program of this stack created an object, by its owner annotation. An object without one, from before every object
 * had it, is identified by its labels, inside a namespace of the stack's own. An object with an ownerReference was created by a
 * controller, such as the Secret of an ExternalSecret, which copies annotations.
 */
export function isMadeBy(owner: string, places: readonly ReleaseLocation[], { metadata }: ObjectMetadata): boolean {
  const { labels = {}, annotations = {}, namespace } = metadata;
  if (metadata.ownerReferences?.length || labels[managedBy] !== "pulumi") return false;
  const said = annotations[ownerAnnotation];
  if (said !== undefined || namespace === undefined) return said === owner;
  return isAtPlace(places, { metadata });
}

/** Whether an object is one that the program creates in one of the namespaces, by its labels. */
const isAtPlace = (places: readonly ReleaseLocation[], { metadata }: Pick<ObjectMetadata, "metadata">): boolean =>
  places.some(
    ({ namespace, system }) =>
      namespace === metadata.namespace && system === metadata.labels?.["app.kubernetes.io/name"],
  );

/**
 * Foreign objects under a name the stack needs. Objects of a previous owner stack in a namespace that was handed over, which the
 * preflight has found to be this stack's own now, are adopted with it.
 */
export const othersAmong = (
  owner: string,
  places: readonly ReleaseLocation[],
  found: readonly ObjectMetadata[],
): ObjectMetadata[] =>
  found.filter((one) => {
    const { labels = {}, ownerReferences = [] } = one.metadata;
    const isHandedOver = labels[managedBy] === "pulumi" && ownerReferences.length === 0 && isAtPlace(places, one);
    return !isHandedOver && !isMadeBy(owner, places, one);
  });

export interface OwnObjectsArgs {
  readonly cluster: Cluster;
  /** `<project>/<stack>`. */
  readonly owner: string;
  /** Namespaces of the stack's systems, which the preflight has found to be the stack's own. */
  readonly places: readonly ReleaseLocation[];
  /** Objects in the stack's state; read only when an object's markers do not decide. */
  readonly state: () => Promise<Deployment | undefined>;
}

/**
 * A transform for every object of a stack, whatever component creates it. It adds the stack's owner annotation and the label by
 * which orphans of interrupted runs are found, of any kind, namespaced or not. Before the first object is registered, in a preview
 * too, it checks whether a foreign object has one of the names. Fails with a RunError that names every such object: a provider would
 * take it over, or fail half way.
 */
export function ownObjects(args: OwnObjectsArgs): pulumi.ResourceTransformation {
  const isAsked = !pulumi.runtime.isDryRun() || contextNames() !== undefined; // a preview goes on without a cluster
  const named: Reference[] = [];
  let asked: Promise<void> | undefined;
  // Constructors run in one go, so that the first question knows all names; what comes later asks again.
  const ask = async (): Promise<void> => {
    await new Promise(setImmediate);
    asked = undefined;
    await refuseOthers(args, named.splice(0));
  };
  return ({ type, props, opts }) => {
    if (!type.startsWith("kubernetes:") || props.metadata === undefined) return undefined;
    const { name, namespace } = props.metadata;
    props = { ...props, metadata: owned(props.metadata, args.owner) };
    const reference = typeof name === "string" ? referenceTo(type, props, name, namespace) : undefined;
    // A namespace was looked at by the preflight.
    if (!isAsked || reference === undefined || reference.kind === "Namespace") return { props, opts };
    named.push(reference);
    asked ??= ask();
    const before = [opts.dependsOn ?? []].flat();
    const dependsOn = asked.then(() => before) as Promise<pulumi.Input<pulumi.Resource>[]>;
    return { props, opts: { ...opts, dependsOn } };
  };
}

/** Metadata with the markers of the stack's own objects. */
function owned(metadata: { readonly labels?: unknown; readonly annotations?: unknown }, owner: string): object {
  const marked = (given: unknown, key: string, value: string) =>
    pulumi.Output.isInstance<object>(given)
      ? given.apply((all) => ({ ...all, [key]: value }))
      : { ...(given as object), [key]: value };
  return {
    ...metadata,
    labels: marked(metadata.labels, managedBy, "pulumi"),
    annotations: marked(metadata.annotations, ownerAnnotation, owner),
  };
}

/** A type token is `kubernetes:<group>/<version>:<kind>`, the core group's name being "core". */
export function referenceTo(
  type: string,
  props: { readonly apiVersion?: string; readonly kind?: string },
  name: string,
  namespace: string | undefined,
): Reference {
  const [, version = "", kind = ""] = type.split(":");
  return {
    apiVersion: props.apiVersion ?? version.replace(/^core\//, ""),
    kind: props.kind ?? kind,
    metadata: namespace === undefined ? { name } : { name, namespace },
  };
}

async function refuseOthers({ cluster, owner, places, state }: OwnObjectsArgs, named: Reference[]): Promise<void> {
  try {
    const found = await withMetadata(cluster, (reader) => reader.find(named));
    const unmarked = othersAmong(owner, places, found);
    if (unmarked.length === 0) return;
    const made = madeIn((await state()) ?? {});
    const others = unmarked.filter((one) => !made.has(keyOf(one)));
    if (others.length > 0) throw new pulumi.RunError(refusal(others, owner));
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(cluster.unavailable(error));
  }
}

/** A line for each foreign object: its owner, and what to do. */
export const refusal = (others: readonly ObjectMetadata[], owner: string): string =>
  others.map((one) => lineOf(one, owner)).join("\n");

function lineOf({ apiVersion, kind, metadata }: ObjectMetadata, owner: string): string {
  const { name, namespace, annotations } = metadata;
  const said = annotations?.[ownerAnnotation];
  const who = said === undefined || said === owner ? "was not made by this stack" : `belongs to the stack ${said}`;
  const group = apiVersion.includes("/") ? `.${apiVersion.replace(/\/.*/, "")}` : "";
  const where = namespace === undefined ? "" : ` -n ${namespace}`;
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name} exists and ${who}, which needs the name for an object of its own; look at it, and when nobody needs it, delete it: kubectl delete ${kind.toLowerCase()}${group} ${name}${where}`;
}
