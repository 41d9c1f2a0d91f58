import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/project";
import { nearest } from "../../policy/config/nearest";
import { UserError } from "../../process/user-error";
import { type ChartName, chartNames } from "../../systems/floe/generator/chart-keys";
import type { Values } from "../../systems/floe/generator/tree";
import { schemaValidator, type ValuesValidator, validatorOf } from "../../systems/floe/generator/validate";
import { readValuesFile } from "../../systems/floe/values-file";
import { systems } from "../../systems/registry";

/** A chart on disk. */
export interface ChartFolder {
  readonly name: ChartName;
  readonly folder: string;
}

const isChartName = (name: unknown): name is ChartName => chartNames.some((one) => one === name);

/** A chart by its name, or by the folder of a copy of it. Throws a UserError. */
export function findChart(given: string): ChartFolder {
  const folder = isChartName(given) ? join(projectRoot, "charts", given) : given;
  if (!existsSync(join(folder, "Chart.yaml"))) {
    const meant = nearest(given, chartNames);
    throw new UserError(
      `no chart "${given}": ${folder} has no Chart.yaml; ${meant && meant !== given ? `did you mean "${meant}"?` : `charts: ${chartNames.join(", ")}, or a folder`}`,
    );
  }
  const { name } = readValuesFile(join(folder, "Chart.yaml"));
  if (isChartName(name)) return { name, folder };
  throw new UserError(`${join(folder, "Chart.yaml")}: name: expected ${chartNames.join(" or ")}`);
}

/** A chart's own values, what an overlay adds, and the check of both. Throws a UserError. */
export function readChart({ name, folder }: ChartFolder, overlay: string) {
  const file = join(folder, `values-${overlay}.yaml`);
  return {
    name,
    defaults: readValuesFile(join(folder, "values.yaml")),
    overlay: existsSync(file) ? readValuesFile(file) : ({} as Values),
    validate: validatorIn({ name, folder }),
  };
}

/** The validation of a chart's values: for this project's own chart its type, which is stricter than a JSON schema; for a copy its values.schema.json. */
function validatorIn({ name, folder }: ChartFolder): ValuesValidator {
  const own = Object.values(systems).find(({ charts }) => Object.hasOwn(charts, name))?.charts[name];
  if (own !== undefined && folder === join(projectRoot, "charts", name)) return validatorOf(own);
  const file = join(folder, "values.schema.json");
  if (!existsSync(file)) throw new UserError(`${folder} has no values.schema.json to validate the values with`);
  return schemaValidator(readValuesFile(file));
}
