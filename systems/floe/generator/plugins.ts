/** Plugins, which set the values of components; the generator itself sets none. Pure. */
import type { z } from "zod";
import { nearest } from "../../../policy/config/nearest";
import type { Environment } from "../environments";
import { type CompiledArtifacts, issueLines } from "./artifacts";
import type { ChartName } from "./chart-keys";
import { frozen, isMap, kindOf, treeMistakes, type Values } from "./tree";

/** Types of plugins, in the order in which their values are merged. */
export const pluginKinds = ["orchestrator", "catalog", "compute", "observability"] as const;
export type PluginKind = (typeof pluginKinds)[number];

/** Context of a plugin, besides the artifact. */
export interface PluginContext<C = unknown> {
  /** Its own settings in the artifact, validated. */
  readonly config: C;
  /** Target environment of the product. */
  readonly environment: Environment;
  /** Chart whose values are requested. */
  readonly chart: ChartName;
}

/** One plugin. */
export interface Plugin<C = unknown> {
  /** Its `type` in an artifact. */
  readonly name: string;
  readonly version: string;
  readonly type: PluginKind;
  /** Type of its settings in an artifact. @default any map */
  readonly config?: z.ZodType<C>;
  /** Whether it requires lineage. @default only if the artifact does */
  readonly requiresLineage?: (context: PluginContext<C>) => boolean;
  /** Values of the requested chart; an empty map when it has none. Must not change the artifact. */
  readonly getHelmValues: (artifacts: CompiledArtifacts, context: PluginContext<C>) => Values;
}

/** A plugin of any settings type; the settings are validated before it is called. */
interface AnyPlugin extends Omit<Plugin<never>, "config"> {
  readonly config?: z.ZodType;
}

/** Registry of the plugins that an artifact may use. */
export class PluginRegistry {
  private readonly plugins = new Map<string, AnyPlugin>();

  constructor(plugins: readonly AnyPlugin[] = []) {
    for (const plugin of plugins) this.register(plugin);
  }

  /** Throws for a second plugin of one type and name. */
  register(plugin: AnyPlugin): this {
    const key = `${plugin.type}/${plugin.name}`;
    if (this.plugins.has(key)) throw new Error(`two plugins are registered as ${key}`);
    this.plugins.set(key, plugin);
    return this;
  }

  /** A plugin by type and name, or an error message. */
  find(type: PluginKind, name: string): AnyPlugin | string {
    const found = this.plugins.get(`${type}/${name}`);
    if (found !== undefined) return found;
    const names = [...this.plugins.values()].filter((one) => one.type === type).map((one) => one.name);
    const meant = nearest(name, names);
    const hint = meant ? `did you mean "${meant}"?` : `registered are: ${names.join(", ") || "none"}`;
    return `/plugins/${type}/type: no ${type} plugin "${name}"; ${hint}`;
  }
}

/** A plugin of an artifact, with its settings. */
interface Resolved {
  readonly plugin: AnyPlugin;
  readonly context: PluginContext<never>;
}

/** Result of a plugin. */
export interface Contribution {
  readonly name: string;
  readonly values: Values;
  readonly requiresLineage: boolean;
}

/** Calls every plugin of an artifact: their results, or all errors. */
export function askPlugins(
  artifacts: CompiledArtifacts,
  registry: PluginRegistry,
  where: Omit<PluginContext, "config">,
): { readonly said: readonly Contribution[] } | { readonly mistakes: readonly string[] } {
  const mistakes: string[] = [];
  const resolved = pluginKinds.flatMap((type): Resolved[] => {
    const found = resolve(artifacts, registry, type, where);
    if ("plugin" in found) return [found];
    mistakes.push(...found.mistakes);
    return [];
  });
  if (mistakes.length > 0) return { mistakes };
  const said = resolved.flatMap((one): Contribution[] => {
    const answer = ask(artifacts, one);
    if ("values" in answer) return [answer];
    mistakes.push(...answer.mistakes);
    return [];
  });
  return mistakes.length > 0 ? { mistakes } : { said };
}

function resolve(
  artifacts: CompiledArtifacts,
  registry: PluginRegistry,
  type: PluginKind,
  where: Omit<PluginContext, "config">,
): Resolved | { readonly mistakes: readonly string[] } {
  const { type: name, config } = artifacts.plugins[type];
  const plugin = registry.find(type, name);
  if (typeof plugin === "string") return { mistakes: [plugin] };
  if (plugin.config === undefined) return { plugin, context: { ...where, config: config as never } };
  const parsed = plugin.config.safeParse(config);
  if (!parsed.success) return { mistakes: issueLines(parsed.error, plugin.config, ["plugins", type, "config"]) };
  return { plugin, context: { ...where, config: frozen(parsed.data) as never } };
}

function ask(
  artifacts: CompiledArtifacts,
  { plugin, context }: Resolved,
): Contribution | { readonly mistakes: readonly string[] } {
  const name = `${plugin.name} ${plugin.version} (${plugin.type})`;
  const refused = (why: string) => ({ mistakes: [`plugin ${name}: ${why}`] });
  if (typeof plugin.getHelmValues !== "function") return refused("it has no getHelmValues()");
  let values: unknown;
  let requiresLineage: boolean;
  try {
    values = plugin.getHelmValues(artifacts, context);
    requiresLineage = plugin.requiresLineage?.(context) ?? false;
  } catch (error) {
    return refused(`getHelmValues() failed: ${summaryOf(error)}`);
  }
  if (!isMap(values)) return refused(`getHelmValues() must give a map, got ${kindOf(values)}`);
  const wrong = treeMistakes(values);
  if (wrong.length > 0) return { mistakes: wrong.map((line) => `plugin ${name}: getHelmValues() gave ${line}`) };
  return { name, values, requiresLineage };
}

/** An error on one line: its name and first line. */
function summaryOf(error: unknown): string {
  if (!(error instanceof Error)) return kindOf(error);
  const [first = ""] = error.message.split("\n");
  const text = first.length <= 300 ? first : `${first.slice(0, 300)}…`;
  return error.name === "Error" ? text : `${error.name}: ${text}`;
}
