import type { Command } from "commander";
import { useEnvironment } from "../operations/stack/stack-environment";
import { endAtOnce } from "../process/interrupt";
import { printJson } from "../process/terminal";
import { count, print } from "./options";

/** Collects the values of a repeatable option, in order. */
const collected = (one: string, before: readonly string[] = []): string[] => [...before, one];

interface GenerateFlags {
  readonly artifact: string;
  readonly env: string;
  readonly chart: string;
  readonly output?: string;
  readonly values?: string[];
  readonly set?: string[];
  readonly allowConflict?: string[];
  readonly mapping?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

/** Commands for floe's charts. */
export function addFloeCommands(program: Command): void {
  const helm = program
    .command("floe")
    .description("the floe data platform: values and charts")
    .enablePositionalOptions()
    .command("helm")
    .description("generate values of floe's charts, and render or lint the charts with Helm")
    .enablePositionalOptions();

  helm
    .command("generate")
    .description("generate a values file from compiled artifacts for an environment; validated before it is written")
    .requiredOption("-a, --artifact <file>", "compiled artifacts: a file, or oci://registry/repository:tag")
    .requiredOption("-e, --env <name>", "environment of the cluster mapping, such as dev or prod")
    .option("-c, --chart <name>", "floe-platform, floe-jobs, or the folder of a copy", "floe-platform")
    .option("-o, --output <file>", "write to a file instead of standard output; whole or not at all")
    .option("-f, --values <file>", "overrides of your own, can be repeated; the last one takes precedence", collected)
    .option("--set <key=value>", "one override, can be repeated; over --values; null removes the key", collected)
    .option("--allow-conflict <key>", "a key two plugins may set differently, can be repeated", collected)
    .option("--mapping <file>", "cluster mapping to use instead of the built-in one")
    .option("--timeout <seconds>", "longest wait for a registry", count(600), 30)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
Merged in this order: the chart's values.yaml, plugins, the environment (values-<overlay>.yaml, name, preset), --values, --set.
Exit codes: 0 generated, 1 refused; then nothing is written.

Examples:
  floe helm generate --artifact target/compiled_artifacts.json --env dev -o values-dev.yaml
  floe helm generate --artifact oci://ghcr.io/acme/orders:1.4.0 --env prod --chart floe-jobs --set global.debug=true
  floe helm generate --artifact target/compiled_artifacts.json --env dev | floe helm template floe-platform -f -`,
    )
    .action(async ({ output, json, values = [], set = [], allowConflict = [], ...rest }: GenerateFlags) => {
      endAtOnce();
      const { generateValues } = await import("../operations/floe/generate-values");
      const { writeText } = await import("../operations/validation/files");
      const { text, ...made } = await generateValues({ ...rest, values, set, allowConflict });
      if (output !== undefined) writeText(output, text, 1);
      const { name, cluster, namespace } = made.environment;
      if (json) printJson({ ...made, ...(output !== undefined && { output }) });
      else if (output === undefined) process.stdout.write(text);
      else print(`${output}: values of ${made.chart} for ${name} (cluster ${cluster}, namespace ${namespace})`);
    });

  for (const [name, does] of [
    ["template", "render a chart with helm template"],
    ["lint", "check a chart with helm lint"],
  ] as const) {
    const command = helm
      .command(name)
      .description(`${does}; every further argument is Helm's, and so is the exit code`)
      .argument("[chart]", "floe-platform, floe-jobs, or the folder of a copy; default: floe-platform")
      .argument("[arguments...]", `arguments of helm ${name}`)
      .allowUnknownOption()
      .passThroughOptions();
    if (name === "template") command.option("-r, --release <name>", "name of the release; default: the chart's");
    command
      .addHelpText(
        "after",
        `
Helm 3.12 or newer is needed. Options of this command stand before the chart.

Example:
  floe helm ${name} floe-platform -f charts/floe-platform/values-dev.yaml${name === "lint" ? " --strict" : ""}`,
      )
      .action(async (chart: string | undefined, rest: string[], { release }: { release?: string }) => {
        endAtOnce();
        useEnvironment("tools");
        const { wrapHelm } = await import("../operations/floe/helm-wrapper");
        const words = chart === undefined ? rest : [chart, ...rest];
        const { stdout, stderr, code } = await wrapHelm(name, { words, release });
        process.stdout.write(stdout);
        process.stderr.write(stderr);
        process.exitCode = code ?? 1;
      });
  }
}
