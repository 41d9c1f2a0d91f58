import { join } from "node:path";
import { stateFolder } from "../../policy/own-folders";
import { clusterName, defaultName } from "./cluster-name";

/** One local cluster: its name and everything that follows from it, so that an instance is found again by name alone. */
export interface Instance {
  readonly name: string;
  /** Folder of what outlives a reboot: certificates, etcd data, images, logs, kubeconfig. */
  readonly state: string;
  /** Folder of what does not: sockets, network namespaces, containerd's state. Short, for unix socket paths. */
  readonly run: string;
  /** Path below the root of every cgroup hierarchy; each process of the instance is in it or below. */
  readonly cgroup: string;
  /** kubectl context: `hardened-local` for the default instance, else `hardened-<name>`. */
  readonly context: string;
  /** Kubeconfig of the cluster's administrator, mode 600. */
  readonly kubeconfig: string;
}

/** Folder below which every instance keeps sockets and network namespaces. */
export const runRoot = "/run/hardened";

/** Folder the instances' state folders are in. */
export const stateRoot = (): string => join(stateFolder(), "clusters");

/**
 * The instance of a name; `$HARDENED_CLUSTER`, else `hardened`, when none is given. Throws a UserError for a name that
 * cannot be one.
 */
export function instanceOf(given?: string): Instance {
  const name = clusterName(given);
  const state = join(stateRoot(), name);
  return {
    name,
    state,
    run: join(runRoot, name),
    cgroup: join("hardened", name),
    context: name === defaultName ? "hardened-local" : `hardened-${name}`,
    kubeconfig: join(state, "kubeconfig"),
  };
}
