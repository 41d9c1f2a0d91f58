import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { projectRoot } from "../../config/project";
import { artifactsSchema } from "./artifacts-schema";
import { checklistPage } from "./checklist";
import { checksPage } from "./checks";
import { commandsPage } from "./commands";
import { configPage } from "./config";
import { customResourceFiles } from "./custom-resources";
import { eventsPage } from "./events";
import { floeReadme } from "./floe-values";
import { architecturePage } from "./import-diagram";
import { monitoringPage } from "./monitoring";
import { projectFile } from "./project-file";
import { requirementsPage } from "./requirements";
import { serviceValuesPage } from "./service-values";
import { stackSchema } from "./stack-schema";
import { readmePage } from "./systems-table";
import { zenControlsPage } from "./zen-controls";
import { zenGuide } from "./zen-guide";
import { zenProfileFiles } from "./zen-profiles";

/** Files generated from the code and the program's commands, by path in the checkout; a test fails when one of them is outdated. */
export const generated = (program: Command): Readonly<Record<string, () => string>> => ({
  "Pulumi.yaml": projectFile,
  "README.md": readmePage,
  "charts/floe-platform/README.md": () => floeReadme("floe-platform"),
  "charts/floe-jobs/README.md": () => floeReadme("floe-jobs"),
  ...customResourceFiles,
  ...zenProfileFiles,
  "charts/zen-agent/PROFILES_AND_VALUES.md": zenGuide,
  "docs/reference/config.md": configPage,
  "docs/reference/stack.schema.json": stackSchema,
  "docs/reference/compiled-artifacts.schema.json": artifactsSchema,
  "docs/reference/commands.md": () => commandsPage(program),
  "docs/reference/checks.md": checksPage,
  "docs/reference/events.md": eventsPage,
  "docs/reference/hardening-checklist.md": checklistPage,
  "docs/reference/service-chart.md": serviceValuesPage,
  "docs/reference/monitoring.md": monitoringPage,
  "docs/reference/zen-controls.md": zenControlsPage,
  "docs/explanation/architecture.md": architecturePage,
  "docs/requirements.md": requirementsPage,
});

/** Current content of a file; undefined when it does not exist. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Generated files below `root` that are missing or outdated. */
export const outdated = (program: Command, root = projectRoot): string[] =>
  Object.entries(generated(program)).flatMap(([file, make]) => (isCurrent(join(root, file), make) ? [] : [file]));

/** A page without its place for the generated part counts as outdated. */
function isCurrent(file: string, make: () => string): boolean {
  try {
    return textOf(file) === make();
  } catch {
    return false;
  }
}
