import { UserError } from "../process/user-error";
import { Cluster } from "./cluster";

/** The cluster that a stack's file declares. */
export interface ClusterIdentity {
  /** UID the cluster has to have. @default any */
  readonly uid?: string | undefined;
  /** Its name in `clusters`. @default it is declared in `cluster` itself */
  readonly name?: string | undefined;
}

/** Key path that declares it. */
export const keyOfCluster = ({ name }: ClusterIdentity): string =>
  name === undefined ? "hardened:cluster" : `hardened:clusters.${name}`;

/** Why the cluster behind the context is not the one the stack declares; undefined when it is, or when the stack declares no UID. Throws ClusterUnavailable. */
export async function wrongCluster(cluster: Cluster, identity: ClusterIdentity): Promise<string | undefined> {
  const { uid } = identity;
  if (uid === undefined) return undefined;
  const live = await cluster.uid();
  if (live === uid) return undefined;
  return `the cluster behind context "${cluster.context}" is not the one this stack was made for: kube-system has UID ${live}, ${keyOfCluster(identity)}.uid says ${uid}`;
}

/**
 * The cluster that a stack's file declares. Its first request verifies the UID, so that nothing is asked of another cluster behind the
 * context, and nothing changed there; it throws a UserError.
 */
export class VerifiedCluster extends Cluster {
  private verified: Promise<void> | undefined;

  /** @param exitCode process exit code for another cluster; @default 1 */
  constructor(
    private readonly declared: ClusterIdentity & { readonly context: string },
    private readonly exitCode = 1,
  ) {
    super(declared.context);
  }

  /** Throws a UserError for another cluster, and ClusterUnavailable. */
  verify(): Promise<void> {
    this.verified ??= this.refuseOther().catch((error) => {
      this.verified = undefined; // it may answer later
      throw error;
    });
    return this.verified;
  }

  private async refuseOther(): Promise<void> {
    const wrong = await wrongCluster(new Cluster(this.context), this.declared);
    if (wrong !== undefined) throw new UserError(wrong, this.exitCode);
  }

  override async kubectl(args: readonly string[], stdin?: string): Promise<string> {
    await this.verify();
    return super.kubectl(args, stdin);
  }

  override proxy(acceptPaths: string): ReturnType<Cluster["proxy"]> {
    return this.verify().then(() => super.proxy(acceptPaths));
  }
}
