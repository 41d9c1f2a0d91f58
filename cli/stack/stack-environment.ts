import { existsSync } from "node:fs";
import { backendEnvironment, localKubeconfig } from "../../local/state";
import { programEnvironment } from "../../local/toolchain/locate";

/** What every tool started for a stack gets: tools on PATH, the backend, and the local cluster's kubeconfig where none is named. Throws a UserError when
 *  there is no backend and none can be made. */
export const stackEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...judgingEnvironment(env),
  ...backendEnvironment(),
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

/** The same for commands that read files alone: they need no state, and so no folder that can be written. */
export function judgingEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const tools = programEnvironment(env);
  return env.KUBECONFIG || !existsSync(localKubeconfig()) ? tools : { ...tools, KUBECONFIG: localKubeconfig() };
}
