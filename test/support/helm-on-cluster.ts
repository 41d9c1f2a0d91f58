import type { Instance } from "../../cluster/local/names";
import { type HelmResult, runHelm } from "../../cluster/run-helm";

/** Helm against a cluster, as a user without Pulumi uses it: arguments, and values on stdin (`-f -`). */
export const helmOn =
  (instance: Instance) =>
  async (args: readonly string[], values: object = {}): Promise<HelmResult & { seconds: number }> => {
    const start = Date.now();
    const result = await runHelm([...args, "--kubeconfig", instance.kubeconfig], JSON.stringify(values), {
      timeoutMs: 150_000,
    });
    return { ...result, seconds: (Date.now() - start) / 1000 };
  };
