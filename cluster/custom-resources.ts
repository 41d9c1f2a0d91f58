import { type Cluster, unlessForbidden } from "./cluster";
import { keepAnnotation, ownerAnnotation } from "./labels";
import type { ObjectMetadata } from "./object-metadata";
import { isMadeBy } from "./own-objects";

/** A CustomResourceDefinition a configuration needs. */
export interface RequiredKind {
  /** Its name, `<plural>.<group>`. */
  readonly name: string;
  /** Version that has to be served. */
  readonly version: string;
  /** Whether this stack installs it; otherwise it has to exist. */
  readonly installed: boolean;
  /** Key path that decides that, a switch. */
  readonly by: string;
}

/** A CustomResourceDefinition, as far as it is looked at here. */
export interface KindObject extends ObjectMetadata {
  readonly metadata: ObjectMetadata["metadata"] & {
    readonly managedFields?: readonly { readonly manager?: string }[];
  };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[];
  };
  readonly status?: { readonly storedVersions?: readonly string[] };
}

/** Resource of these objects, for kubectl. */
export const kindResource = "customresourcedefinitions.apiextensions.k8s.io";

/** Whether an object outlives who made it: others use what it defines. */
export const isKept = ({ metadata }: Pick<ObjectMetadata, "metadata">): boolean =>
  metadata.annotations?.[keepAnnotation] === "keep";

/** What is wrong with the kinds a stack needs, a line each: another's where the stack makes its own, or missing or too old where it does not. */
export async function kindFaults(cluster: Cluster, owner: string, wanted: readonly RequiredKind[]): Promise<string[]> {
  if (wanted.length === 0) return [];
  const found = await unlessForbidden(
    Promise.all(
      wanted.map(({ name }) =>
        cluster.list<KindObject>(kindResource, { fields: `metadata.name=${name}`, managedFields: true }),
      ),
    ),
    undefined,
  );
  return found === undefined ? [] : wanted.flatMap((one, index) => faultsOf(one, found[index]?.[0], owner));
}

function faultsOf(wanted: RequiredKind, found: KindObject | undefined, owner: string): string[] {
  const { name, version, installed, by } = wanted;
  const is = `CustomResourceDefinition ${name}`;
  if (installed) {
    if (found === undefined || isMadeBy(owner, [], found)) return [];
    return [
      `${is} exists and ${whoMade(found)}; two owners would undo each other's changes, and nobody should delete it, since all objects of the kind go with it: use it as it is (${by}: false), or hand it over to this stack: ${handOver(name, owner)}`,
    ];
  }
  if (found === undefined)
    return [`${is} does not exist, and ${by} is false; set it to true, or have its owner install it first`];
  const served = found.spec.versions.flatMap((one) => (one.served ? [one.name] : []));
  return served.includes(version)
    ? []
    : [
        `${is} serves ${served.join(", ")}, and ${version} is needed; it ${whoMade(found)}, who has to bring it up to date first (${by} is false)`,
      ];
}

/** Whose a CustomResourceDefinition is, as far as it says so. */
function whoMade({ metadata }: KindObject): string {
  const stack = metadata.annotations?.[ownerAnnotation];
  if (stack !== undefined) return `belongs to the stack ${stack}`;
  const release = metadata.annotations?.["meta.helm.sh/release-name"];
  if (release !== undefined)
    return `belongs to the Helm release ${metadata.annotations?.["meta.helm.sh/release-namespace"]}/${release}`;
  const [first] = metadata.managedFields ?? [];
  return `was made with ${first?.manager ?? "something else than this program"}`;
}

const handOver = (name: string, owner: string): string =>
  `kubectl annotate crd ${name} ${ownerAnnotation}=${owner} --overwrite && kubectl label crd ${name} app.kubernetes.io/managed-by=pulumi --overwrite`;
