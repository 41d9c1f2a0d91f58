import { existsSync } from "node:fs";
import { programEnvironment, rendererPath } from "../../process/toolchain/locate";
import { backendEnvironment, localKubeconfig } from "./state";

/** What every tool started for a stack gets: tools on PATH, the backend, and the local cluster's kubeconfig where none is named. Throws a UserError when
 *  there is no backend and none can be made. */
export const stackEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...toolsEnvironment(env),
  ...backendEnvironment(),
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

/** What of it a command needs: `renderer` is HELM_RENDER_BIN alone, `tools` all but the state, and so no folder that can be written, `stack` all of it. */
export type Needs = "nothing" | "renderer" | "tools" | "stack";

/** Gives this process what a command needs. Throws a UserError as `stackEnvironment`. */
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

/** Lines by which a shell gets what it has not: `export NAME='value'`. */
export const exportsForShell = (): string[] =>
  Object.entries(stackEnvironment())
    .filter(([name, value]) => value !== process.env[name])
    .map(([name, value]) => `export ${name}='${String(value).replaceAll("'", "'\\''")}'`);
