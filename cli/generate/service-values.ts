import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { z } from "zod";
import { projectRoot } from "../../config/project";
import { profiles } from "../../policy/evaluate/profiles";
import { serviceChartValues } from "../../systems/companyos/chart-values";
import { companyosConfig } from "../../systems/companyos/config";
import { presets } from "../../systems/companyos/environment-defaults";
import { resolvePlatform } from "../../systems/companyos/resolve";
import { code, rowsOf } from "./config";
import type { JsonSchema } from "./stack-schema";
import { markdownTable, pageHead } from "./table";

/** Keys whose default is the environment's, as they are written in a stack's file. */
function environmentRows(): string[][] {
  const image = { repository: "registry.example.com/orders" };
  const config = companyosConfig.parse({ services: { orders: { image } } });
  const settled = profiles.map((environment) => resolvePlatform(config, environment).value.services.orders);
  const row = (key: string, of: (one: NonNullable<(typeof settled)[number]>) => unknown): string[] => [
    code(key),
    ...settled.map((one) => (one ? code(of(one)) : "")),
  ];
  const resources = settled.map((one) =>
    one?.resources === presets.small ? "`small`" : "from the baseline, else **required**",
  );
  return [
    ["`resources`", ...resources],
    ["`image.digest`", "from the image lock, else by tag", "**required**", "**required**"],
    ["`baseline`", "optional", "recommended", "**required**"],
    row("replicas", ({ replicas }) => replicas),
    row("autoscaling.enabled", ({ autoscaling }) => autoscaling.enabled),
    row("autoscaling.min", ({ autoscaling }) => autoscaling.min),
    row("autoscaling.max", ({ autoscaling }) => autoscaling.max),
    row("vpa.enabled", ({ vpa }) => vpa.enabled),
    row("spread.zone", ({ spread }) => spread.zone),
    row("spread.host", ({ spread }) => spread.host),
  ];
}

const presetRows = (): string[][] =>
  Object.entries(presets).map(([name, { requests, limits }]) => [
    code(name),
    ...[requests.cpu, requests.memory, limits.cpu, limits.memory].map(code),
  ]);

/** docs/reference/service-chart.md: every value of charts/service with its default, and what each environment makes of it. */
export function serviceValuesPage(): string {
  const schema = z.toJSONSchema(serviceChartValues, { target: "draft-7", io: "input" }) as JsonSchema;
  const defaults = load(readFileSync(join(projectRoot, "charts/service/values.yaml"), "utf8")) as Record<
    string,
    unknown
  >;
  const rows = Object.entries(schema.properties ?? {})
    .filter(([key]) => key in defaults && key !== "services")
    .flatMap(([key, one]) => rowsOf(key, one, defaults[key], false));
  const cells = rows.map((row) => [code(row.key), row.type, row.fallback, row.meaning]);
  return [
    pageHead("Values of charts/service"),
    `\`services\` maps each service's name to its values; what a service leaves out is taken from \`defaults\`, which has the same keys. Only
\`services.<name>.image.repository\` has no default. The schema that refuses anything else is \`charts/service/values.schema.json\`.

## What each environment makes of it

With Pulumi the keys are those of [hardened:companyos](config.md#hardenedcompanyos), and these defaults are the environment's:
`,
    `${markdownTable(["key of a service", ...profiles], environmentRows())}\n`,
    "## Presets of resources\n",
    `${markdownTable(["name", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"], presetRows())}\n`,
    "## Values and defaults\n",
    `${markdownTable(["value", "type", "default", "meaning"], cells)}\n`,
  ].join("\n");
}
