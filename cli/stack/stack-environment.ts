import { existsSync } from "node:fs";
import { backendEnvironment, localKubeconfig } from "../../local/state";
import { programEnvironment } from "../../local/toolchain/locate";

/** What every tool started for a stack gets: tools on PATH, the backend, and the local cluster's kubeconfig where none is named. */
export function stackEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const complete = { ...programEnvironment(env), ...backendEnvironment(), PULUMI_SKIP_UPDATE_CHECK: "true" };
  if (!env.KUBECONFIG && existsSync(localKubeconfig())) Object.assign(complete, { KUBECONFIG: localKubeconfig() });
  return complete;
}
