import { type Command, type CommanderError, Option } from "commander";
import { projectRoot } from "../config/project";
import { useEnvironment } from "../operations/stack/stack-environment";
import type { CheckOptions } from "../operations/validation/check";
import { profiles } from "../policy/evaluate/profiles";
import { startAhead } from "../policy/render/render-server";
import { defaultKubernetesVersion } from "../policy/settings/kubernetes-version";
import { endAtOnce } from "../process/interrupt";
import { printJson } from "../process/terminal";
import { kubernetesVersion, podSecurityVersion, print, type StackOptions, stackOption } from "./options";

/** Anything that prevents validation, an invalid option included, is exit code 2. */
const couldNotEvaluate = ({ exitCode }: CommanderError): never => process.exit(exitCode === 0 ? 0 : 2);

/** Commands that validate; none changes anything. */
export function addValidationCommands(program: Command): void {
  program
    .command("check")
    .description(
      "validate stacks, chart folders, manifests, standard input (-) or an exported Pulumi state; needs no cluster",
    )
    .exitOverride(couldNotEvaluate)
    .argument(
      "[target...]",
      "stack name, chart folder, manifest file or folder, - or state.json; default: the stack dev",
    )
    .option("-f, --values <file...>", "values files for a chart; the last one takes precedence")
    .option("-n, --namespace <name>", "namespace of a chart's release and of objects without one; unknown if omitted")
    .addOption(
      new Option("--profile <name>", "policy profile, for anything but a stack").choices(profiles).default("prod"),
    )
    .option(
      "--pod-security <version>",
      "version of the restricted Pod Security Standard, latest or v1.36",
      podSecurityVersion,
      "latest",
    )
    .option(
      "--kubernetes <version>",
      "Kubernetes version that charts are rendered for",
      kubernetesVersion,
      defaultKubernetesVersion,
    )
    .addOption(
      new Option(
        "--like <stack>",
        "validate with all settings of this stack's file: profile, versions, images, scans, signatures, exemptions",
      ).conflicts(["profile", "podSecurity", "kubernetes"]),
    )
    .addOption(new Option("--only <rules>", "validate with these rules only").choices(["pod-security"]))
    .addOption(
      new Option("--format <name>", "format of the report")
        .choices(["human", "json", "markdown", "sarif", "junit", "openreports", "html"])
        .default("human"),
    )
    .option("-o, --output <file>", "write the report to a file")
    .addHelpText(
      "after",
      `
Exit codes: 0 no mandatory rule is violated, 1 one is, 2 something could not be validated, 130 interrupted.

Examples:
  hardened check prod                                    a stack, with its own settings
  hardened check charts/mailroom -f my-values.yaml       a chart
  hardened check manifests/ --like prod                  a folder of manifests, with a stack's settings
  kubectl get deploy -n web -o yaml | hardened check -   what is running
  pulumi stack export | hardened check -                 what Pulumi has deployed
  hardened check dev staging prod --format sarif -o report.sarif`,
    )
    .action(async (names: string[], options: Omit<CheckOptions, "values"> & { values?: string[] }) => {
      endAtOnce();
      const { check, targetsOf } = await import("../operations/validation/check");
      startAhead(); // its start takes as long as the loading of the rules
      const targets = await targetsOf(names, projectRoot);
      if (targets.some(({ kind }) => kind !== "manifests")) useEnvironment("tools");
      process.exitCode = await check(targets, names.join(", ") || "dev", { ...options, values: options.values ?? [] });
    });

  program
    .command("review")
    .description(
      "validate stacks and show how their rendered objects differ from a base, as one comment for a pull request",
    )
    .exitOverride(couldNotEvaluate)
    .option("--stacks <names>", "stacks, separated by commas; default: all that have a file")
    .option("--base <ref>", "git commit, branch or tag; compared with its merge base with the current branch", "HEAD")
    .option("-o, --output <file>", "write the comment to a file")
    .option("--json", "print the whole review as JSON")
    .addHelpText(
      "after",
      `
Exit codes: 0 no stack violates a mandatory rule, 1 one does, 2 a stack could not be validated or the base does not exist.

Examples:
  hardened review                                        uncommitted changes
  hardened review --base origin/main -o comment.md       what a pull request changes`,
    )
    .action(
      async ({ stacks, base, output, json }: { stacks?: string; base: string; output?: string; json?: boolean }) => {
        const { exitCodeOfReview, review } = await import("../operations/validation/review");
        const { formatReview } = await import("../operations/validation/review-comment");
        const { writeText } = await import("../operations/validation/files");
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
"pod" is a Pod, a workload or a template. "emulation": "v1.31" gives the verdict of an older cluster.
Instead of level and version: "namespace": {"name": …, "labels": {…}}, and optionally "user" and
"configuration" (defaults and exemptions, as in a PodSecurityConfiguration): the answer then also has
"message", "warnings", "audit", "exempt" and the invalid "labels", in a cluster's words.

Exit codes: 0 every line was answered, 2 a line is invalid; its answer is {"error": …}.

Example:
  echo '{"pod": {"spec": {"containers": [{"name": "web"}]}}, "level": "restricted", "version": "latest"}' | hardened pss --jsonl`,
    )
    .action(async () => {
      const { runPss } = await import("../operations/validation/pss");
      process.exitCode = await runPss(process.stdin, process.stdout);
    });

  program
    .command("explain")
    .description(
      "what a rule of the policy pack requires, why, its enforcement level and its fix; without a rule, all of them",
    )
    .argument("[rule]", "ID of the rule, as in reports and in Pulumi")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  hardened explain allow-privilege-escalation")
    .action(async (rule: string | undefined, { json }: { json?: boolean }) => {
      const { explain, formatExplanation, rulesTable } = await import("../operations/validation/explain");
      if (rule === undefined) {
        const { rules } = await import("../policy/evaluate/catalogue");
        return print(json ? JSON.stringify(rules, null, 2) : rulesTable());
      }
      const explanation = await explain(rule);
      print(json ? JSON.stringify(explanation, null, 2) : formatExplanation(explanation));
    });

  program
    .command("render")
    .description("print every object of a stack; needs neither the Pulumi engine nor a cluster")
    .option(...stackOption)
    .action(async ({ stack }: StackOptions) => {
      const { renderStack } = await import("../operations/validation/render");
      for (const { text } of await renderStack(stack)) print(text.trimEnd());
    });
}
