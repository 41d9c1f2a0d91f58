import { Command, type CommanderError, Option } from "commander";
import { version } from "../config/version";
import type { CheckOptions } from "../operations/judging/check";
import { endServers } from "../policy/render/render-server";
import { endAtOnce, interruption, listenForInterrupts } from "../process/interrupt";
import { guardTerminal, printJson } from "../process/terminal";
import { rendererPath } from "../process/toolchain/locate";
import { describeError } from "../process/user-error";
import { addOperations } from "./operation-commands";
import { kubernetesVersion, podSecurityVersion } from "./option-values";

type Log = (line: string) => void;
const print: Log = (line) => console.log(line);
/** With --json, what people read goes to standard error and the result alone to standard output. */
const logFor = (json: boolean | undefined): Log => (json ? (line) => console.error(line) : print);

/** Commands whose exit code 1 is a verdict: whatever keeps them from judging, a mistake in their options too, is 2. */
const judges = ["check", "review"];
const couldNotJudge = ({ exitCode }: CommanderError): never => process.exit(exitCode === 0 ? 0 : 2);

/** Every command, its options and its help: what runs, and what docs/reference/commands.md is generated from. */
export const program = new Command("hardened")
  .description("Puts systems onto Kubernetes as hardened Helm releases, judged before anything changes.")
  .version(version)
  .showHelpAfterError("(see --help)")
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 failed or refused, 2 differences (diff) or could not judge, 130 interrupted.",
  );

const stackOption = ["-s, --stack <name>", "stack, one of the Pulumi.<name>.yaml files", "dev"] as const;

program
  .command("up")
  .description("preview with the policy pack, then make it so; puts right what a killed run left")
  .option(...stackOption)
  .option("--json", "print the result as JSON")
  .action(async ({ stack, json }: { stack: string; json?: boolean }) => {
    const { up } = require("../operations/stack/run") as typeof import("../operations/stack/run");
    const { status, statusTable } =
      require("../operations/stack/status") as typeof import("../operations/stack/status");
    const report = await up(stack, logFor(json));
    const rows = await status(stack);
    print(
      json
        ? JSON.stringify({ changes: report.changes, violations: report.violations, releases: rows }, null, 2)
        : `\n${statusTable(rows)}`,
    );
  });

program
  .command("preview")
  .description("show what would change and what the policy pack says of it; changes nothing")
  .option(...stackOption)
  .option("--json", "print the result as JSON")
  .action(async ({ stack, json }: { stack: string; json?: boolean }) => {
    const { preview } = require("../operations/stack/run") as typeof import("../operations/stack/run");
    const report = await preview(stack, logFor(json));
    if (json) print(JSON.stringify({ changes: report.changes, violations: report.violations }, null, 2));
  });

program
  .command("destroy")
  .description("take everything of a stack away")
  .option(...stackOption)
  .action(async ({ stack }: { stack: string }) => {
    const { destroy } = require("../operations/stack/run") as typeof import("../operations/stack/run");
    await destroy(stack, print);
  });

program
  .command("status")
  .description("what the cluster says of every release of a stack")
  .option(...stackOption)
  .option("--json", "print as JSON")
  .action(async ({ stack, json }: { stack: string; json?: boolean }) => {
    const { status, statusTable } =
      require("../operations/stack/status") as typeof import("../operations/stack/status");
    const rows = await status(stack);
    print(json ? JSON.stringify(rows, null, 2) : statusTable(rows));
    if (!rows.every((row) => row.healthy)) process.exitCode = 1;
  });

program
  .command("diff")
  .description("show the rendered change against the live releases, secrets masked; exit code 2 when there is one")
  .option(...stackOption)
  .action(async ({ stack }: { stack: string }) => {
    const { diff } = require("../operations/stack/diff") as typeof import("../operations/stack/diff");
    const text = await diff(stack, process.stdout.isTTY === true);
    process.stdout.write(text);
    if (text !== "") process.exitCode = 2;
  });

program
  .command("check")
  .description(
    "judge stacks, chart folders, manifests, standard input (-) or an exported Pulumi state; needs no cluster",
  )
  .exitOverride(couldNotJudge)
  .argument(
    "[target...]",
    "stack name, chart folder, manifest file or folder, - or state.json; the stack dev when left out",
  )
  .option("-f, --values <file...>", "values files for a chart, the last one on top")
  .option(
    "-n, --namespace <name>",
    "namespace of a chart's release and of objects that name none; unknown when left out",
  )
  .addOption(
    new Option("--profile <name>", "how strict, for anything but a stack")
      .choices(["dev", "staging", "prod"])
      .default("prod"),
  )
  .option(
    "--pod-security <version>",
    "version of the restricted standard, latest or v1.36",
    podSecurityVersion,
    "latest",
  )
  .option("--kubernetes <version>", "version charts are rendered for", kubernetesVersion, "1.36")
  .addOption(
    new Option(
      "--like <stack>",
      "judge by everything this stack's file says: how strict, versions, images, scans, signatures, exemptions",
    ).conflicts(["profile", "podSecurity", "kubernetes"]),
  )
  .addOption(new Option("--only <rules>", "judge by these rules alone").choices(["pod-security"]))
  .addOption(
    new Option("--format <name>", "format of the report")
      .choices(["human", "json", "markdown", "sarif", "junit", "openreports", "html"])
      .default("human"),
  )
  .option("-o, --output <file>", "write the report to a file")
  .addHelpText(
    "after",
    `
Exit codes: 0 no mandatory rule is broken, 1 one is, 2 something could not be judged, 130 interrupted.

Examples:
  hardened check prod                                    a stack, by its own settings
  hardened check charts/mailroom -f my-values.yaml       a chart
  hardened check manifests/ --like prod                  a folder of manifests, by a stack's settings
  kubectl get deploy -n web -o yaml | hardened check -   what runs
  pulumi stack export | hardened check -                 what Pulumi has deployed
  hardened check dev staging prod --format sarif -o report.sarif`,
  )
  .action(async (targets: string[], options: Omit<CheckOptions, "values"> & { values?: string[] }) => {
    endAtOnce();
    const { check } = require("../operations/judging/check") as typeof import("../operations/judging/check");
    process.exitCode = await check(targets, { ...options, values: options.values ?? [] });
  });

program
  .command("review")
  .description(
    "judge stacks and show what they would render to differently from a base, as one comment for a pull request",
  )
  .exitOverride(couldNotJudge)
  .option("--stacks <names>", "stacks, separated by commas; all that have a file when left out")
  .option("--base <ref>", "git commit, branch or tag to compare with, at the point the current branch left it", "HEAD")
  .option("-o, --output <file>", "write the comment to a file")
  .option("--json", "print the whole review as JSON")
  .addHelpText(
    "after",
    `
Exit codes: 0 no stack breaks a mandatory rule, 1 one does, 2 a stack could not be judged or there is no such base.

Examples:
  hardened review                                        what is not committed yet
  hardened review --base origin/main -o comment.md       what a pull request changes`,
  )
  .action(
    async ({ stacks, base, output, json }: { stacks?: string; base: string; output?: string; json?: boolean }) => {
      (
        require("../operations/stack/stack-environment") as typeof import("../operations/stack/stack-environment")
      ).useTools();
      const { exitCodeOfReview, review } =
        require("../operations/judging/review") as typeof import("../operations/judging/review");
      const { formatReview } =
        require("../operations/judging/review-comment") as typeof import("../operations/judging/review-comment");
      const { writeText } = require("../operations/judging/files") as typeof import("../operations/judging/files");
      const result = await review(stacks?.split(",") ?? [], base);
      const comment = formatReview(result);
      if (output) writeText(output, comment);
      if (json) printJson(result);
      else if (!output) process.stdout.write(comment);
      process.exitCode = exitCodeOfReview(result);
    },
  );

program
  .command("pss")
  .description(
    'Pod Security verdicts line by line: {"pod": …, "level": …, "version": …} in, {"allowed", "reasons", "detail"} out',
  )
  .option("--jsonl", "JSON lines on standard input and output (the only form)")
  .addHelpText(
    "after",
    `
"pod" is a Pod, a workload or a template. "emulation": "v1.31" judges as an older cluster would.
In place of level and version: "namespace": {"name": …, "labels": {…}}, and if need be "user" and
"configuration" (defaults and exemptions, as in a PodSecurityConfiguration): the answer then also has
"message", "warnings", "audit", "exempt" and "labels" that cannot be read, as a cluster would say them.

Exit codes: 0 every line was answered, 2 a line could not be read; its answer is {"error": …}.

Example:
  echo '{"pod": {"spec": {"containers": [{"name": "web"}]}}, "level": "restricted", "version": "latest"}' | hardened pss --jsonl`,
  )
  .action(async () => {
    const { runPss } = require("../operations/judging/pss") as typeof import("../operations/judging/pss");
    process.exitCode = await runPss(process.stdin, process.stdout);
  });

program
  .command("explain")
  .description(
    "what a rule of the policy pack asks for, why, how strictly, and how to mend it; without a rule, all of them",
  )
  .argument("[rule]", "id of the rule, as reports and Pulumi show it")
  .option("--json", "print as JSON")
  .addHelpText("after", "\nExample:\n  hardened explain allow-privilege-escalation")
  .action(async (rule: string | undefined, { json }: { json?: boolean }) => {
    const { explain, formatExplanation, rulesTable } =
      require("../operations/judging/explain") as typeof import("../operations/judging/explain");
    if (rule === undefined) {
      const { rules } = require("../policy/judge/catalogue") as typeof import("../policy/judge/catalogue");
      return print(json ? JSON.stringify(rules, null, 2) : rulesTable());
    }
    const explanation = await explain(rule);
    print(json ? JSON.stringify(explanation, null, 2) : formatExplanation(explanation));
  });

program
  .command("render")
  .description("print every object a stack would have in the cluster, without asking engine or cluster")
  .option(...stackOption)
  .action(async ({ stack }: { stack: string }) => {
    (
      require("../operations/stack/stack-environment") as typeof import("../operations/stack/stack-environment")
    ).useTools();
    const { renderStack } = require("../operations/judging/render") as typeof import("../operations/judging/render");
    for (const { text } of await renderStack(stack)) print(text.trimEnd());
  });

program
  .command("start")
  .description("from nothing to running on this machine: tools, local cluster, images, the dev stack")
  .option(...stackOption)
  .action(async ({ stack }: { stack: string }) => {
    const { start } = require("../operations/stack/start") as typeof import("../operations/stack/start");
    await start(stack, print);
  });

program
  .command("doctor")
  .description("look at everything a run needs and print the fix for what is missing")
  .option(...stackOption)
  .option("--json", "print as JSON")
  .action(async ({ stack, json }: { stack: string; json?: boolean }) => {
    const { doctor, formatDoctor } =
      require("../operations/stack/doctor") as typeof import("../operations/stack/doctor");
    const findings = await doctor(stack);
    print(json ? JSON.stringify(findings, null, 2) : formatDoctor(findings));
    if (findings.some(({ state }) => state === "failed")) process.exitCode = 1;
  });

program
  .command("env")
  .description('print the variables that plain pulumi, helm and kubectl need here: eval "$(npm run -s env)"')
  .action(() => {
    const { exportsForShell } =
      require("../operations/stack/stack-environment") as typeof import("../operations/stack/stack-environment");
    for (const line of exportsForShell()) print(line);
  });

addOperations(program, print, logFor);

// `env` prints what is not set yet.
program.hook("preAction", (_, command) => {
  if (command.name() !== "env") process.env.HELM_RENDER_BIN = rendererPath();
});

/** What the process ends with after an error. */
function exitCodeFor(error: unknown): number {
  if (interruption.aborted) return 130;
  if (judges.includes(process.argv[2] ?? "")) return 2;
  return error instanceof Error && "exitCode" in error ? Number(error.exitCode) : 1;
}

function main(): void {
  listenForInterrupts();
  for (const stream of [process.stdout, process.stderr]) guardTerminal(stream);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever reads may have read enough: `hardened check … | head`.
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
