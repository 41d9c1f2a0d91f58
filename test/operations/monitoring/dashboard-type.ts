import { z } from "zod";

/** The parts of Grafana's dashboard model (schemaVersion 39) that are used here; anything else is a slip. */

const datasource = z.strictObject({ type: z.literal("prometheus"), uid: z.literal("${datasource}") });
const title = z.string().regex(/^[A-Z]/);
const sentence = z.string().regex(/^[A-Z].*\.$/);

const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource,
  expr: z.string().min(1),
  legendFormat: z.string(),
  instant: z.boolean(),
  range: z.boolean(),
  format: z.literal("table").optional(),
});
const step = z.strictObject({ color: z.enum(["green", "orange", "red"]), value: z.number().nullable() });
const defaults = z.strictObject({
  unit: z.enum(["short", "cores", "bytes", "percent", "percentunit", "s"]),
  min: z.number(),
  thresholds: z.strictObject({ mode: z.literal("absolute"), steps: z.array(step).min(1) }),
  custom: z.record(z.string(), z.unknown()).optional(),
});
const panel = z.strictObject({
  id: z.number().int().positive(),
  type: z.enum(["row", "timeseries", "stat", "table", "bargauge"]),
  title,
  description: sentence.optional(),
  datasource: datasource.optional(),
  gridPos: z.strictObject({
    x: z.number().int().min(0).max(23),
    y: z.number().int().min(0),
    w: z.number().int().min(1).max(24),
    h: z.number().int().min(1),
  }),
  fieldConfig: z.strictObject({ defaults, overrides: z.array(z.never()) }).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
  targets: z.array(target).min(1).optional(),
  transformations: z.array(z.strictObject({ id: z.string(), options: z.record(z.string(), z.unknown()) })).optional(),
  collapsed: z.boolean().optional(),
  panels: z.array(z.never()).optional(),
});
export type Panel = z.output<typeof panel>;

const variable = z.looseObject({
  name: z.string().regex(/^[a-z]+$/),
  label: title,
  type: z.enum(["datasource", "query"]),
});

export const dashboardType = z.strictObject({
  uid: z.string().regex(/^hardened-[a-z]+$/),
  title,
  description: sentence,
  tags: z.array(z.string()).min(1),
  schemaVersion: z.literal(39),
  version: z.number(),
  editable: z.boolean(),
  graphTooltip: z.number(),
  refresh: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  timezone: z.string(),
  templating: z.strictObject({ list: z.array(variable).min(1) }),
  annotations: z.strictObject({ list: z.array(z.never()) }),
  links: z.array(z.never()),
  panels: z.array(panel).min(4),
});
