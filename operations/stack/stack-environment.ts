import { existsSync } from "node:fs";
import { programEnvironment } from "../../process/toolchain/locate";
import { backendEnvironment, localKubeconfig } from "./state";

/** What every tool started for a stack gets: tools on PATH, the backend, and the local cluster's kubeconfig where none is named. Throws a UserError when
 *  there is no backend and none can be made. */
export const stackEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...judgingEnvironment(env),
  ...backendEnvironment(),
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

/** Gives this process what commands need that read files alone: the same but for the state, and so no folder that can be written. */
export const useTools = (): void => void Object.assign(process.env, judgingEnvironment(process.env));

function judgingEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const tools = programEnvironment(env);
  return env.KUBECONFIG || !existsSync(localKubeconfig()) ? tools : { ...tools, KUBECONFIG: localKubeconfig() };
}

/** Lines by which a shell gets what it has not: `export NAME='value'`. */
export const exportsForShell = (): string[] =>
  Object.entries(stackEnvironment())
    .filter(([name, value]) => value !== process.env[name])
    .map(([name, value]) => `export ${name}='${String(value).replaceAll("'", "'\\''")}'`);
