import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { monitoringChartValues } from "../../operations/monitoring/values";
import { systems } from "../../systems/registry";
import { statefulServiceChartValues } from "./stateful-service-values";

/** The type of each chart's values. Its values.schema.json is what Helm checks them with. */
export const chartValueTypes: Readonly<Record<string, z.ZodType>> = {
  ...Object.assign({}, ...Object.values(systems).map(({ charts }) => charts)),
  monitoring: monitoringChartValues,
  "stateful-service": statefulServiceChartValues,
};

/** The JSON schema of a chart's values. Draft 7: older Helm, and the one inside the Pulumi provider, reads nothing newer. */
function valuesSchema(chart: string, type: z.ZodType): string {
  const { $schema, ...schema } = z.toJSONSchema(type, { target: "draft-7", io: "input" });
  return `${JSON.stringify({ $schema, title: `Values of charts/${chart}`, ...schema }, null, 2)}\n`;
}

/** Charts whose values.schema.json is outdated. */
export const outdatedSchemas = (charts: string): string[] =>
  Object.entries(chartValueTypes).flatMap(([chart, type]) => {
    const file = join(charts, chart, "values.schema.json");
    return existsSync(file) && readFileSync(file, "utf8") === valuesSchema(chart, type) ? [] : [chart];
  });

/** Rewrites the outdated values.schema.json files. Returns the charts they belong to. */
export function writeValuesSchemas(charts: string): string[] {
  const outdated = outdatedSchemas(charts);
  for (const chart of outdated) {
    writeFileSync(join(charts, chart, "values.schema.json"), valuesSchema(chart, chartValueTypes[chart] as z.ZodType));
  }
  return outdated;
}
