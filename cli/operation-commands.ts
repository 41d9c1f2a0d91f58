import { Argument, type Command } from "commander";
import type { DrillOptions } from "../operations/drills/drill";
import { experiments } from "../operations/drills/experiment-names";
import type { LoadOptions } from "../operations/load/load";
import type { AuditOptions } from "../operations/readiness/audit";
import type { CisOptions } from "../operations/readiness/cis";
import type { ReadyOptions } from "../operations/readiness/ready";
import { confirmOption, count, type JsonOption, logFor, printResult, type StackOptions, urlPath } from "./options";

const stackOption = ["-s, --stack <name>", "stack whose cluster and service level are used", "dev"] as const;
const evidenceOption = ["--evidence <folder>", "folder of the evidence; default: .hardened/evidence/<stack>"] as const;

/** Commands of operations, each loaded on use. */
export function addOperationCommands(program: Command): void {
  program
    .command("drill")
    .description("run a fault injection against a service under load and measure how much error budget it uses")
    .addArgument(new Argument("<experiment>", "experiment to run").choices(experiments))
    .option(...stackOption)
    .option("--system <name>", "system of the stack")
    .option("--service <name>", "Kubernetes Service; required if the namespace has several")
    .option("-n, --namespace <name>", "namespace; required if the system has several, or for one outside the stack")
    .option("--port <name>", "port of the Service, by name or number; default: the first")
    .option("--path <path>", "path of the requests", urlPath, "/")
    .option(
      "--url <address>",
      "send requests to this address (node port, Ingress) instead of port-forwards to the Service's pods",
    )
    .option("--rate <number>", "requests per second; default: 50 with --url, 25 through port-forwards", count(1000))
    .option("--timeout <seconds>", "timeout of a request", count(60), 10)
    .option("--requests <number>", "minimum number of requests to measure", count(1_000_000), 2000)
    .option("--pods <number>", "number of pods that pod-kill evicts, one after the other", count(100), 1)
    .option("--node <name>", "node that node-drain drains; default: the node of the service's first pod")
    .option("--wait-timeout <seconds>", "longest wait for one step, such as pods to become ready", count(3600), 120)
    .option(...confirmOption)
    .option(...evidenceOption)
    .option("--metrics <file>", "file of the counters; default: chaos.prom next to the evidence")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 within the error budget, 1 exceeded, 2 could not run or was stopped, 130 interrupted.",
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
      "hardening gaps of charts as a table: resources, probes, budgets, security, images, secrets, scaling, spread",
    )
    .argument("<chart...>", "chart folders")
    .option("-f, --values <file...>", "values files; the last one takes precedence", [])
    .option("-n, --namespace <name>", "namespace of the release; default: the chart's name")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExit codes: 0 no gap, 1 gaps, 2 a chart could not be validated.")
    .action(async (charts: string[], options: AuditOptions & JsonOption) => {
      const { audit, exitCodeOfAudit, formatAudit } = await import("../operations/readiness/audit");
      const audited = await audit(charts, options);
      printResult(options.json, audited, formatAudit(audited));
      process.exitCode = exitCodeOfAudit(audited);
    });

  program
    .command("load")
    .description(
      "run a load test against services and evaluate errors, latency, throttling and memory; measures baselines",
    )
    .argument("<scenario>", "YAML file: services with their rate, duration and criteria")
    .option(...stackOption)
    .option(...confirmOption)
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
    .description("evaluate kube-bench reports against the agreed targets and store the result as evidence")
    .argument("<report...>", "output files of kube-bench --json, one per node")
    .option(...stackOption)
    .option("--tool <version>", "version of kube-bench that wrote them, recorded in the evidence")
    .option("--targets <file>", "benchmark, scope and waivers; default: docs/compliance/targets.yaml")
    .option(...evidenceOption)
    .option("--json", "print the report as JSON")
    .addHelpText("after", "\nExit codes: 0 compliant, 1 not, 2 a file is not a report.")
    .action(async (files: string[], options: CisOptions & JsonOption) => {
      const { cis, formatCis } = await import("../operations/readiness/cis");
      const report = await cis(files, options);
      printResult(options.json, report, formatCis(report));
      if (report.verdict !== "passed") process.exitCode = 1;
    });

  program
    .command("admission")
    .description("verify that the API server admits every pod of a stack and rejects an insecure variant of each")
    .option(...stackOption)
    .option("--targets <file>", "the agreed level; default: docs/compliance/targets.yaml")
    .option(...evidenceOption)
    .option("--json", "print the report as JSON")
    .addHelpText("after", "\nExit codes: 0 passed, 1 failed, 2 the cluster could not be reached.")
    .action(async (options: StackOptions & JsonOption & { targets?: string; evidence?: string }) => {
      const { admission, formatAdmission } = await import("../operations/readiness/admission");
      const report = await admission(options.stack, options);
      printResult(options.json, report, formatAdmission(report));
      if (report.verdict !== "passed") process.exitCode = 1;
    });

  program
    .command("ready")
    .description("evaluate a stack's four readiness gates, each with its evidence: lint, compliance, drills, documents")
    .option(...stackOption)
    .option("--max-age <days>", "days after which evidence expires", count(3650), 31)
    .option("--targets <file>", "the agreed targets and reviews; default: docs/compliance/targets.yaml")
    .option(...evidenceOption)
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExit codes: 0 ready, 1 a gate is not passed.")
    .action(async (options: ReadyOptions & JsonOption) => {
      const { formatReady, ready } = await import("../operations/readiness/ready");
      const { outdated } = await import("./generate/generated");
      const found = await ready(options, () => outdated(program));
      printResult(options.json, found, formatReady(found));
      if (!found.ready) process.exitCode = 1;
    });
}
