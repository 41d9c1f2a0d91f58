import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "../user-error";

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

/** Name of the instance that is meant when none is given. */
export const defaultName = "hardened";

/** Folder below which every instance keeps sockets and network namespaces. */
export const runRoot = "/run/hardened";

/** Folder the instances' state folders are in: `$XDG_STATE_HOME/hardened/clusters`, else below `~/.local/state`. */
export const stateRoot = (): string =>
  join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local/state"), "hardened/clusters");

/** Longest path of a unix socket (108 bytes with its closing zero) less the longest the kubelet makes below its folder. */
const longestState = 107 - "/node-1/kubelet/pod-resources/kubelet.sock".length - 12;

/**
 * The instance of a name; `$HARDENED_CLUSTER`, else `hardened`, when none is given. Throws a UserError for a name that
 * cannot be one, or a state folder too deep for unix sockets.
 */
export function instanceOf(name = process.env.HARDENED_CLUSTER ?? defaultName): Instance {
  if (!/^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/.test(name)) {
    throw new UserError(
      `cluster name must be 1 to 16 of a-z, 0-9 and -, starting with a letter and not ending with -, got "${name}"`,
    );
  }
  const state = join(stateRoot(), name);
  if (state.length > longestState) {
    throw new UserError(
      `state folder must be at most ${longestState} characters long for unix sockets, got ${state.length} (${state}); set XDG_STATE_HOME to a shorter folder`,
    );
  }
  return {
    name,
    state,
    run: join(runRoot, name),
    cgroup: join("hardened", name),
    context: name === defaultName ? "hardened-local" : `hardened-${name}`,
    kubeconfig: join(state, "kubeconfig"),
  };
}
