import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../cluster/cluster";
import { runHelm } from "../../cluster/run-helm";
import { UserError } from "../../process/user-error";

/** Timeout of one helm command, in milliseconds. */
const timeoutMs = 180_000;

/** Helm against one context: what it prints. */
export type ClusterHelm = (args: readonly string[], input?: string) => Promise<string>;

/**
 * Calls `work` with a helm function for the cluster. Helm is started by cluster/run-helm.ts, without the user's settings; it uses a
 * kubeconfig with this one context, in a folder that only its owner can enter and that is removed afterwards. A failed helm command
 * throws a UserError with its output.
 */
export async function withHelm<T>(
  cluster: Cluster,
  work: (helm: ClusterHelm, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "hardened-helm-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, await cluster.kubectl(["config", "view", "--minify", "--flatten", "--raw"]), {
      mode: 0o600,
    });
    const helm: ClusterHelm = async (args, input = "") => {
      const full = [...args, "--kubeconfig", kubeconfig, "--kube-context", cluster.context];
      const { stdout, stderr, code } = await runHelm(full, input, { timeoutMs });
      if (code === 0) return stdout;
      throw new UserError(`helm ${args[0]} failed: ${stderr.trim().split("\n").at(-1) ?? ""}`);
    };
    return await work(helm, folder);
  } finally {
    process.removeListener("exit", remove);
    remove();
  }
}
