import { Argument, type Command } from "commander";
import type { DrillOptions } from "../operations/drills/drill";
import { experiments } from "../operations/drills/experiment-names";
import type { LoadOptions } from "../operations/load/load";
import type { AuditOptions } from "../operations/readiness/audit";
import type { CisOptions } from "../operations/readiness/cis";
import type { ReadyOptions } from "../operations/readiness/ready";
import { count, type JsonOption, logFor, printResult, type StackOptions, urlPath } from "./options";

const stackOption = ["-s, --stack <name>", "stack whose cluster and service level are used", "dev"] as const;
const evidenceOption = [
  "--evidence <folder>",
  "folder of the evidence, in place of .hardened/evidence/<stack>",
] as const;

/** The commands of operations: each is loaded when it runs. */
export function addOperationCommands(program: Command): void {
  program
    .command("drill")
    .description("disturb a service on purpose while requests measure it, and judge what that cost of its error budget")
    .addArgument(new Argument("<experiment>", "what is done to it").choices(experiments))
    .option(...stackOption)
    .option("--system <name>", "system of the stack")
    .option("--service <name>", "Kubernetes Service; needed where the namespace has several")
    .option("-n, --namespace <name>", "namespace, where the system has several or none of the stack's is meant")
    .option("--port <name>", "port of the Service, by name or number; its first when left out")
    .option("--path <path>", "path that is asked for", urlPath, "/")
    .option(
      "--url <address>",
      "ask this address (node port, Ingress) in place of the API server's proxy to the Service",
    )
    .option("--rate <number>", "requests a second", count(1000), 50)
    .option("--timeout <seconds>", "a request that is not answered by then has failed", count(60), 10)
    .option("--requests <number>", "least number of requests that are judged", count(1_000_000), 2000)
    .option("--pods <number>", "pods that pod-kill evicts, one after the other", count(100), 1)
    .option("--node <name>", "node that node-drain drains; the one with the service's first pod when left out")
    .option("--patience <seconds>", "longest wait for one thing to come back", count(3600), 120)
    .option("--confirm <stack>", "repeat the stack's name: needed where its environment is prod")
    .option(...evidenceOption)
    .option("--metrics <file>", "file of the counters, in place of chaos.prom beside the evidence")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 within the budget, 1 broke it, 2 could not run or was stopped, 130 interrupted.",
    )
    .action(async (experiment: (typeof experiments)[number], options: DrillOptions & JsonOption) => {
      const { drill } = await import("../operations/drills/drill");
      const { exitCodeOfDrill, formatDrill } = await import("../operations/drills/drill-report");
      const report = await drill(experiment, options, logFor(options.json));
      printResult(options.json, report, formatDrill(report));
      process.exitCode = exitCodeOfDrill(report);
    });

  program
    .command("audit")
    .description(
      "the gaps of charts as a table: resources, probes, budgets, security, images, secrets, scaling, spread",
    )
    .argument("<chart...>", "chart folders")
    .option("-f, --values <file...>", "values files, the last one on top", [])
    .option("-n, --namespace <name>", "namespace of the release; the chart's name when left out")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExit codes: 0 no gap, 1 gaps, 2 a chart could not be judged.")
    .action(async (charts: string[], options: AuditOptions & JsonOption) => {
      const { audit, exitCodeOfAudit, formatAudit } = await import("../operations/readiness/audit");
      const audited = await audit(charts, options);
      printResult(options.json, audited, formatAudit(audited));
      process.exitCode = exitCodeOfAudit(audited);
    });

  program
    .command("load")
    .description(
      "send the load of a scenario to services and judge errors, latency, throttling and memory; measures baselines",
    )
    .argument("<scenario>", "YAML file: services with their rate, duration and criteria")
    .option(...stackOption)
    .option("--confirm <stack>", "repeat the stack's name: needed where its environment is prod")
    .option(...evidenceOption)
    .option("--json", "print the report as JSON")
    .addHelpText("after", "\nExit codes: 0 all criteria met, 1 one missed, 2 could not run, 130 interrupted.")
    .action(async (scenario: string, options: LoadOptions & JsonOption) => {
      const { load } = await import("../operations/load/load");
      const { formatLoad } = await import("../operations/load/load-report");
      const report = await load(scenario, options, logFor(options.json));
      printResult(options.json, report, formatLoad(report));
      if (report.verdict !== "passed") process.exitCode = 1;
    });

  program
    .command("cis")
    .description("judge reports of kube-bench by the agreed targets and store the verdict as evidence")
    .argument("<report...>", "files that kube-bench --json wrote, one a node")
    .option(...stackOption)
    .option("--tool <version>", "version of kube-bench that wrote them, for the record")
    .option("--targets <file>", "benchmark, scope and waivers, in place of docs/compliance/targets.yaml")
    .option(...evidenceOption)
    .option("--json", "print the report as JSON")
    .addHelpText("after", "\nExit codes: 0 compliant, 1 not, 2 a file is no report.")
    .action(async (files: string[], options: CisOptions & JsonOption) => {
      const { cis, formatCis } = await import("../operations/readiness/cis");
      const report = await cis(files, options);
      printResult(options.json, report, formatCis(report));
      if (report.verdict !== "passed") process.exitCode = 1;
    });

  program
    .command("admission")
    .description("ask the API server whether it would admit every pod of a stack, and refuse a bad variant of each")
    .option(...stackOption)
    .option("--targets <file>", "the agreed level, in place of docs/compliance/targets.yaml")
    .option(...evidenceOption)
    .option("--json", "print the report as JSON")
    .addHelpText("after", "\nExit codes: 0 all as it should be, 1 not, 2 the cluster could not be asked.")
    .action(async (options: StackOptions & JsonOption & { targets?: string; evidence?: string }) => {
      const { admission, formatAdmission } = await import("../operations/readiness/admission");
      const report = await admission(options.stack, options);
      printResult(options.json, report, formatAdmission(report));
      if (report.verdict !== "passed") process.exitCode = 1;
    });

  program
    .command("ready")
    .description(
      "the four gates before a stack counts as ready, each with its evidence: lint, compliance, drills, documents",
    )
    .option(...stackOption)
    .option("--max-age <days>", "days after which evidence is too old", count(3650), 31)
    .option("--targets <file>", "the agreed targets and reviews, in place of docs/compliance/targets.yaml")
    .option(...evidenceOption)
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExit codes: 0 ready, 1 a gate is open.")
    .action(async (options: ReadyOptions & JsonOption) => {
      const { formatReady, ready } = await import("../operations/readiness/ready");
      const { outdated } = await import("./generate/generated");
      const found = await ready(options, () => outdated(program));
      printResult(options.json, found, formatReady(found));
      if (!found.ready) process.exitCode = 1;
    });
}
