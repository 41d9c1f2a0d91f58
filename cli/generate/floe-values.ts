import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { z } from "zod";
import { projectRoot } from "../../config/project";
import { platformChartValues } from "../../systems/floe/chart-values";
import { jobsChartValues } from "../../systems/floe/jobs-chart-values";
import { code, rowsOf } from "./config";
import type { JsonSchema } from "./stack-schema";
import { markdownTable, withPart } from "./table";

const types = { "floe-platform": platformChartValues, "floe-jobs": jobsChartValues };

/** README.md of a chart of floe, with the table of all its values. */
export function floeReadme(chart: keyof typeof types): string {
  const read = (name: string): string => readFileSync(join(projectRoot, "charts", chart, name), "utf8");
  const schema = z.toJSONSchema(types[chart], { target: "draft-7", io: "input" }) as JsonSchema;
  const defaults = load(read("values.yaml")) as Record<string, unknown>;
  const rows = Object.entries(schema.properties ?? {})
    .filter(([key]) => key in defaults)
    .flatMap(([key, one]) => rowsOf(key, one, defaults[key], false));
  const cells = rows.map((row) => [code(row.key), row.type, row.fallback, row.meaning.replaceAll(/[*<>]/g, "\\$&")]);
  const table = markdownTable(["value", "type", "default", "meaning"], cells);
  return withPart(`charts/${chart}/README.md`, read("README.md"), "values", table);
}
