import { existsSync } from "node:fs";
import { programEnvironment, rendererPath } from "../../process/toolchain/locate";
import { backendEnvironment, localKubeconfig } from "./state";

/** Environment of every tool that is started for a stack: tools on PATH, the backend, and the local cluster's kubeconfig where none is set. Throws a
 *  UserError when there is no backend and none can be created. */
export const stackEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...toolsEnvironment(env),
  ...backendEnvironment(),
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

/** The part that a command needs: `renderer` is HELM_RENDER_BIN alone, `tools` everything but the state, so that no folder has to be writable, `stack` everything. */
export type Needs = "nothing" | "renderer" | "tools" | "stack";

/** Sets the environment of this process for a command. Throws a UserError like `stackEnvironment`. */
export function useEnvironment(needed: Needs): void {
  Object.assign(process.env, environments[needed]());
}

const environments: Readonly<Record<Needs, () => NodeJS.ProcessEnv>> = {
  nothing: () => ({}),
  renderer: () => ({ HELM_RENDER_BIN: rendererPath() }),
  tools: () => toolsEnvironment(process.env),
  stack: () => stackEnvironment(),
};

function toolsEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const tools = programEnvironment(env);
  return env.KUBECONFIG || !existsSync(localKubeconfig()) ? tools : { ...tools, KUBECONFIG: localKubeconfig() };
}

/** The variables that a shell does not have yet, as lines `export NAME='value'`. */
export const exportsForShell = (): string[] =>
  Object.entries(stackEnvironment())
    .filter(([name, value]) => value !== process.env[name])
    .map(([name, value]) => `export ${name}='${String(value).replaceAll("'", "'\\''")}'`);
