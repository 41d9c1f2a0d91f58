import type { Command } from "commander";
import { projectRoot } from "../config/project";
import { type JsonOption, printResult } from "./options";

/** Commands that generate new parts of this project. */
export function addNewCommands(program: Command): void {
  program
    .command("new")
    .description("write a new part of this project")
    .command("system")
    .description(
      "write a new system: declaration, configuration, chart, README and tests; disabled until a stack enables it",
    )
    .argument("<name>", 'key in a stack\'s file, folder and release: lower-case letters, digits and "-"')
    .option("--json", "print as JSON")
    .addHelpText(
      "after",
      "\nRegisters the system and regenerates the generated files. All errors are reported together, and then nothing is written.\nExit codes: 0 written, 1 refused or failed, 130 interrupted; changes are kept only with 0.",
    )
    .action(async (name: string, { json }: JsonOption) => {
      const { formatNewSystem, newSystem } = await import("../operations/scaffold/new-system");
      const made = await newSystem(projectRoot, name);
      printResult(json, made, formatNewSystem(made));
    });
}
