import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { UserError } from "../user-error";
import { groupFolder } from "./cache";
import { toolGroups } from "./groups";
import { findOnPath, pulumiPluginInstalled, which } from "./on-path";

/** Groups that the user's own Pulumi or Helm replaces, with the function that finds the replacement. */
const replacedBy: Readonly<Record<string, () => string | undefined>> = {
  helm: () => findOnPath("helm")?.path,
  pulumi: () => findOnPath("pulumi")?.path,
  "pulumi-language-nodejs": () => findOnPath("pulumi")?.path,
  "pulumi-kubernetes": () => (pulumiPluginInstalled("kubernetes") ? "installed Pulumi plugin" : undefined),
};

/** Path of the user's own tool that replaces a built group; undefined when there is none. */
export const ownTool = (group: string): string | undefined => replacedBy[group]?.();

/** Absolute path of a tool: the built one. Throws a UserError that says how to build it. */
export function toolPath(name: string): string {
  const group = toolGroups.find((one) => name in one.binaries);
  if (!group) throw new Error(`no tool called ${name} in process/toolchain/groups.ts`);
  const path = join(groupFolder(group), name);
  if (!existsSync(path)) throw new UserError(`${name} is not built yet; run: npm run toolchain`);
  return path;
}

/** Path of the binary of a group of the same name, once it is built. */
const builtPath = (name: string): string =>
  join(groupFolder(toolGroups.find((group) => group.name === name) as (typeof toolGroups)[number]), name);

/** Path of the policy pack's renderer: HELM_RENDER_BIN, else the built one, whether or not it exists. */
export const rendererPath = (env: NodeJS.ProcessEnv = process.env): string =>
  env.HELM_RENDER_BIN ?? builtPath("helm-render");

/** Folder of a built tool's group, or none when it is not built. */
function toolFolder(name: string): string[] {
  const group = toolGroups.find((one) => name in one.binaries);
  return group && existsSync(join(groupFolder(group), name)) ? [groupFolder(group)] : [];
}

/** Folder of the stand-in for Pulumi's random provider, used where the real plugin is not installed. */
const randomStandIn = join(__dirname, "random-provider");

/**
 * `env` with the tools of the Pulumi program on PATH: built tools first, except where the user's own are supported; kubectl only where there is none.
 * HELM_BIN is the Helm of drills and chart tests, HELM_RENDER_BIN the renderer of the policy pack.
 */
export function programEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const folders = toolGroups
    .filter((group) => group.name in replacedBy && ownTool(group.name) === undefined)
    .map((group) => groupFolder(group))
    .filter((folder) => existsSync(folder));
  if (!pulumiPluginInstalled("random")) folders.push(randomStandIn);
  if (which("kubectl", env.PATH) === undefined) folders.push(...toolFolder("kubectl"));
  // npm scripts put the pinned Node first; a program started any other way gets it here.
  folders.push(dirname(process.execPath));
  const HELM_BIN = env.HELM_BIN ?? ownTool("helm") ?? builtPath("helm");
  const HELM_RENDER_BIN = rendererPath(env);
  return { ...env, PATH: [...folders, env.PATH ?? ""].join(delimiter), HELM_BIN, HELM_RENDER_BIN };
}
