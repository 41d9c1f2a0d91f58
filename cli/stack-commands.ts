import type { Command } from "commander";
import type { RunHost } from "../process/run-events";
import {
  allOption,
  type ConfirmOption,
  confirmOption,
  type EvaluatedOptions,
  type JsonOption,
  jsonLinesOption,
  logFor,
  print,
  type RunOptions,
  type StackOptions,
  type StartOptions,
  stackOption,
  systemOption,
} from "./options";

/** The host that a run's events go to: the terminal, or JSON lines. */
async function hostFor({ json, jsonl }: RunOptions): Promise<RunHost> {
  const { jsonLinesHost, terminalHost } = await import("../operations/stack/hosts");
  return jsonl ? jsonLinesHost(print) : terminalHost(logFor(json));
}

/** Commands that change and inspect a stack. */
export function addStackCommands(program: Command): void {
  program
    .command("up")
    .description("preview with the policy pack, then apply; recovers from an interrupted run")
    .option(...stackOption)
    .addOption(systemOption())
    .option("--json", "print the result as JSON")
    .addOption(jsonLinesOption())
    .action(async (options: RunOptions & EvaluatedOptions) => {
      const { system, json, jsonl } = options;
      const stack =
        system === undefined
          ? options.stack
          : await (await import("../operations/stack/trial")).writeTrialStack(system);
      const { up } = await import("../operations/stack/run");
      const { status, statusTable } = await import("../operations/stack/status");
      const report = await up(stack, await hostFor(options));
      if (jsonl) return;
      const rows = await status(stack);
      print(
        json
          ? JSON.stringify({ changes: report.changes, violations: report.violations, releases: rows }, null, 2)
          : `\n${statusTable(rows)}`,
      );
    });

  program
    .command("preview")
    .description("show planned changes and policy violations; changes nothing")
    .option(...stackOption)
    .option("--json", "print the result as JSON")
    .addOption(jsonLinesOption())
    .action(async (options: RunOptions) => {
      const { stack, json } = options;
      const { preview } = await import("../operations/stack/run");
      const report = await preview(stack, await hostFor(options));
      if (json) print(JSON.stringify({ changes: report.changes, violations: report.violations }, null, 2));
    });

  program
    .command("destroy")
    .description("delete every resource of a stack; refused while one of them is protected, as namespaces are in prod")
    .option(...stackOption)
    .option(...confirmOption)
    .addOption(jsonLinesOption())
    .action(async (options: RunOptions & ConfirmOption) => {
      const { destroy } = await import("../operations/stack/run");
      await destroy(options.stack, await hostFor(options), options.confirm);
    });

  program
    .command("status")
    .description("status of every release of a stack in the cluster")
    .option(...stackOption)
    .option("--json", "print as JSON")
    .action(async ({ stack, json }: StackOptions & JsonOption) => {
      const { status, statusTable } = await import("../operations/stack/status");
      const rows = await status(stack);
      print(json ? JSON.stringify(rows, null, 2) : statusTable(rows));
      if (!rows.every((row) => row.healthy)) process.exitCode = 1;
    });

  program
    .command("diff")
    .description(
      "compare the rendered objects of the charts with those of the releases Helm has deployed, secrets masked; changes by hand are not seen; exit code 2 if they differ",
    )
    .option(...stackOption)
    .action(async ({ stack }: StackOptions) => {
      const { diff } = await import("../operations/stack/diff");
      const text = await diff(stack, process.stdout.isTTY === true);
      process.stdout.write(text);
      if (text !== "") process.exitCode = 2;
    });

  program
    .command("start")
    .description(
      "set up everything on this machine: tools, local cluster, images, the dev stack or another of the local cluster",
    )
    .option(...stackOption)
    .addOption(systemOption())
    .addOption(allOption())
    .action(async (options: StartOptions) => {
      const { start } = await import("../operations/stack/start");
      await start(options, print);
    });

  program
    .command("doctor")
    .description("check the prerequisites of a run and print a fix for each that is not met")
    .option(...stackOption)
    .option("--json", "print as JSON")
    .action(async ({ stack, json }: StackOptions & JsonOption) => {
      const { doctor, formatDoctor } = await import("../operations/stack/doctor");
      const findings = await doctor(stack);
      print(json ? JSON.stringify(findings, null, 2) : formatDoctor(findings));
      if (findings.some(({ state }) => state === "failed")) process.exitCode = 1;
    });

  program
    .command("env")
    .description('print the environment variables for plain pulumi, helm and kubectl: eval "$(npm run -s env)"')
    .action(async () => {
      const { exportsForShell } = await import("../operations/stack/stack-environment");
      for (const line of exportsForShell()) print(line);
    });
}
