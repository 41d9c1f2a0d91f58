import type { Cluster } from "./cluster";
import type { ReleaseState } from "./helm-records";

/** A controller that installs the stack's charts, as far as the preflight checks it. */
export interface DeliveryController {
  /** `delivery.with` of the stack: argocd or flux. */
  readonly with: string;
  /** Namespace its objects go into, where that is none of the stack's own. */
  readonly namespace?: string | undefined;
}

const page = "docs/how-to/deliver-with-gitops.md";

/** What prevents the creation of the controller's objects, a line each. Throws ClusterUnavailable. */
export async function deliveryFaults(cluster: Cluster, { namespace }: DeliveryController): Promise<string[]> {
  if (namespace === undefined || (await cluster.get("namespace", namespace)) !== undefined) return [];
  return [
    `hardened:delivery.namespace: namespace ${namespace} does not exist in the cluster of context "${cluster.context}"; name the one that Argo CD looks for Applications in (its own is usually argocd)`,
  ];
}

/** Whether a release is in Helm's records and was not written by Flux: two owners would manage the same objects. */
const isHeld = (state: ReleaseState): boolean => state.writer !== "helm-controller";

/** A release that Helm or this program installed, and that a controller shall install now; undefined when there is none. */
export const heldByHelm = (
  { namespace, release }: { readonly namespace: string; readonly release: string },
  state: ReleaseState | undefined,
  controller: DeliveryController,
): string[] =>
  state === undefined || !isHeld(state)
    ? []
    : [
        `release ${namespace}/${release} is installed by Helm, and hardened:delivery now says ${controller.with}: this run would uninstall what the controller has just installed; hand it over first, its objects run on: ${page}#change-who-installs`,
      ];
