import { Command } from "commander";
import { version } from "../config/version";
import { type Needs, useEnvironment } from "../operations/stack/stack-environment";
import { endServers } from "../policy/render/render-server";
import { interruption, listenForInterrupts } from "../process/interrupt";
import { guardTerminal } from "../process/terminal";
import { describeError } from "../process/user-error";
import { addChartCommands } from "./chart-commands";
import { addFloeCommands } from "./floe-commands";
import { addMachineCommands } from "./machine-commands";
import { addNewCommands } from "./new-commands";
import { addOperationCommands } from "./operation-commands";
import { addStackCommands } from "./stack-commands";
import { addValidationCommands } from "./validation-commands";

/** Every command with its options and help; docs/reference/commands.md is generated from it. */
export const program = new Command("hardened")
  .description("Deploys systems to Kubernetes as hardened Helm releases, validated before anything changes.")
  .version(version)
  .enablePositionalOptions() // so that a command can pass its arguments on unchanged
  .showHelpAfterError("(see --help)")
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 failed or refused, 2 differences (diff) or validation not possible, 130 interrupted.",
  );

addStackCommands(program);
addValidationCommands(program);
addOperationCommands(program);
addChartCommands(program);
addMachineCommands(program);
addNewCommands(program);
addFloeCommands(program);

/** What a command needs in its environment. @default "stack" */
const needs: Readonly<Record<string, Needs>> = {
  check: "renderer", // the rest when its targets are not manifests only
  pss: "renderer",
  explain: "renderer",
  // the backend after the stack's file is validated: run.ts
  up: "tools",
  preview: "tools",
  destroy: "tools",
  diff: "tools",
  review: "tools",
  render: "tools",
  audit: "tools",
  chart: "tools",
  start: "renderer", // the rest after it has built the tools and started the cluster
  env: "nothing", // prints the variables that are not set yet
  cluster: "nothing",
  toolchain: "nothing",
  new: "nothing",
  floe: "nothing", // its commands that start Helm set up the tools themselves
};

program.hook("preAction", (_, command) => {
  let outermost = command;
  while (outermost.parent && outermost.parent !== program) outermost = outermost.parent;
  useEnvironment(needs[outermost.name()] ?? "stack");
});

/** Commands whose exit code 1 is a verdict: anything that prevents validation is 2. */
const evaluates = ["check", "review"];

/** Exit code of the process after an error. */
function exitCodeFor(error: unknown): number {
  if (interruption.aborted) return 130;
  if (evaluates.includes(process.argv[2] ?? "")) return 2;
  return error instanceof Error && "exitCode" in error ? Number(error.exitCode) : 1;
}

function main(): void {
  listenForInterrupts();
  for (const stream of [process.stdout, process.stderr]) guardTerminal(stream);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The reader may close early: `hardened check … | head`.
    if (error.code === "EPIPE") process.exit();
    console.error(`standard output cannot be written: ${error.code}`);
    process.exit(exitCodeFor(error));
  });
  program
    .parseAsync()
    .catch((error: unknown) => {
      console.error(describeError(error));
      process.exitCode = exitCodeFor(error);
    })
    .finally(endServers);
}

if (require.main === module) main();
