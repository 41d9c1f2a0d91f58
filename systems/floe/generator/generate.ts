/** CompiledArtifacts and an environment → values of a chart. Pure: files, registries and clocks are the caller's. */
import { leavesOf } from "../../../policy/manifest/value-leaves";
import { validateSecretText } from "../../../policy/rules/secret-text";
import type { Environment } from "../environments";
import type { CompiledArtifacts } from "./artifacts";
import { artifactsKey, at, type ChartName, keys, read } from "./chart-keys";
import { differences, merge, mergeAll, overridesOf } from "./merge";
import { askPlugins, type Contribution, type PluginRegistry } from "./plugins";
import type { Values } from "./tree";
import type { ValuesValidator } from "./validate";

/** What values are generated from. */
export interface Sources {
  readonly artifacts: CompiledArtifacts;
  readonly environment: Environment;
  readonly plugins: PluginRegistry;
  readonly chart: {
    readonly name: ChartName;
    /** Its values.yaml. */
    readonly defaults: Values;
    /** Its values-<overlay>.yaml; empty when it has none. */
    readonly overlay: Values;
    readonly validate: ValuesValidator;
  };
  /** User overrides; the last one takes precedence. */
  readonly user: readonly Values[];
  /** Keys that two plugins may set differently, such as "otel.replicaCount"; the later plugin's value counts. */
  readonly allowConflicts: readonly string[];
}

/** Values that override the chart's own, or all errors. */
export type Generated = { readonly values: Values } | { readonly mistakes: readonly string[] };

/** Merges the chart's defaults, the plugins' values, the environment's and the user's, in this order, and validates the result. */
export function generate(sources: Sources): Generated {
  const { artifacts, chart, environment, plugins, user, allowConflicts } = sources;
  const inClear = credentials(artifacts, "artifact");
  if (inClear.length > 0) return { mistakes: inClear };
  const asked = askPlugins(artifacts, plugins, { environment, chart: chart.name });
  if ("mistakes" in asked) return asked;
  const conflicts = conflictsOf(asked.said, allowConflicts);
  if (conflicts.length > 0) return { mistakes: conflicts };
  const layers = [...asked.said.map(({ values }) => values), environmentValues(sources), ...user];
  const values = overridesOf(chart.defaults, layers);
  const effective = mergeAll([chart.defaults, ...layers]);
  const shown = credentials(values, "values");
  if (shown.length > 0) return { mistakes: shown };
  const mistakes = [
    ...chart.validate(effective).map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`),
    ...lineageMistakes(sources, effective, asked.said),
  ];
  return mistakes.length > 0 ? { mistakes } : { values };
}

/** The chart's overlay for the environment, with the environment's name and preset: several environments may share an overlay. */
function environmentValues({ chart, environment }: Sources): Values {
  const own = [at(keys.environment, environment.name)];
  if (chart.name === "floe-platform") own.push(at(keys.preset, environment.preset));
  return own.reduce(merge, chart.overlay);
}

/** Conflicts: keys that two plugins set to different values. */
function conflictsOf(said: readonly Contribution[], allowed: readonly string[]): string[] {
  return said.flatMap((first, index) =>
    said.slice(index + 1).flatMap((second) =>
      differences(first.values, second.values)
        .map((path) => path.join("."))
        .filter((key) => !allowed.includes(key))
        .map(
          (key) =>
            `${key}: plugin ${first.name} and plugin ${second.name} set it to different values; let one of them leave it, or allow it (--allow-conflict ${key})`,
        ),
    ),
  );
}

/** Paths of credentials in clear text, without their values. An artifact that is embedded as text is skipped: it was checked before. */
function credentials(tree: unknown, name: string): string[] {
  return [...leavesOf(tree)].flatMap(({ path, keys: names, value }) => {
    if (names.at(-1) === artifactsKey) return [];
    return [...validateSecretText(path, names, value)].map(
      ({ field, said }) =>
        `${name}: ${field}: a credential in clear: ${said ?? "a literal"}; put it into a Secret and name that (secretRefs, existingSecret)`,
    );
  });
}

/** Errors of a chart without lineage, for plugins that require it. */
function lineageMistakes({ chart, artifacts }: Sources, effective: Values, said: readonly Contribution[]): string[] {
  const key = keys.lineage.join(".");
  if (chart.name !== "floe-platform" || read(effective, keys.lineage) === true) return [];
  const who = said.filter(({ requiresLineage }) => requiresLineage).map(({ name }) => `plugin ${name} needs lineage`);
  if (artifacts.lineage.required) who.unshift("the artifact needs lineage (/lineage/required)");
  return who.map((one) => `${key}: ${one}; set ${key}=true`);
}
