import { UserError } from "../../process/user-error";
import { podsOf, type Target } from "./target";

/** The fields of a Deployment that a drill reads. */
export interface Deployment {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly name: string }[] } };
  };
  readonly status: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly replicas?: number;
  };
}

/** The Deployment behind a service, found through its pods. Throws a UserError when its pods are of another kind. */
export async function deploymentOf(target: Target): Promise<Deployment> {
  const [pod] = await podsOf(target);
  const owner = pod?.metadata.ownerReferences?.find(({ controller }) => controller);
  const { cluster, namespace } = target;
  const set =
    owner?.kind === "ReplicaSet"
      ? await cluster.get<{ metadata: { ownerReferences?: { kind: string; name: string }[] } }>(
          "replicaset",
          owner.name,
          namespace,
        )
      : undefined;
  const above = set?.metadata.ownerReferences?.find(({ kind }) => kind === "Deployment");
  const found = above && (await cluster.get<Deployment>("deployment", above.name, namespace));
  if (found) return found;
  throw new UserError(
    `Service ${target.service}: its pods belong to ${owner ? `${owner.kind} ${owner.name}` : "nothing"}; this drill is for a Deployment`,
    2,
  );
}
