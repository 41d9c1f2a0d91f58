import { z } from "zod";
import { flag } from "../schema";
import { chartShape } from "./chart-values";

/** Configuration of the database migration in a stack's file. */
const modes = ["hook", "init", "job", "none"] as const;
export type StackMigrationMode = (typeof modes)[number];

const migrationsOf = chartShape.migrations.shape;
/** `migrations` of `hardened:trevor`. */
export const migrations = z
  .strictObject({
    mode: z
      .enum(modes, `expected ${modes.join(", ")}`)
      .optional()
      .describe(
        "hook: a Helm hook before every install and upgrade (production, the default). init: an init container of the API (development, one pod). job: a Job this program awaits before the release. none: no migration.",
      ),
    enabled: flag().optional().describe("Legacy switch: true selects mode init."),
    hookEnabled: flag().optional().describe("Legacy switch: false deselects mode hook."),
    command: migrationsOf.command.default(["uv", "run", "alembic", "upgrade", "head"]),
    backoffLimit: migrationsOf.backoffLimit.default(3).describe("Number of retries of the hook."),
    activeDeadlineSeconds: migrationsOf.activeDeadlineSeconds
      .default(240)
      .describe("Deadline in seconds for all attempts together; the release waits a minute longer."),
  })
  .superRefine(({ mode, enabled, hookEnabled }, context) => {
    const complain = (key: string, message: string): void => context.addIssue({ code: "custom", path: [key], message });
    if (enabled && hookEnabled)
      complain("enabled", "enabled and hookEnabled are both true and would migrate twice: choose one, or set mode");
    else if (enabled && mode !== undefined && mode !== "init")
      complain("enabled", `enabled means mode init, but mode is ${mode}: remove enabled`);
    else if (hookEnabled && mode !== undefined && mode !== "hook")
      complain("hookEnabled", `hookEnabled means mode hook, but mode is ${mode}: remove hookEnabled`);
  });

/** Migration mode, from `mode` or the two switches it replaced. */
export const migrationMode = ({ mode, enabled, hookEnabled }: z.output<typeof migrations>): StackMigrationMode =>
  mode ?? (enabled ? "init" : hookEnabled === false ? "none" : "hook");
