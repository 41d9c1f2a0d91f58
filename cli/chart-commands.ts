import type { Command } from "commander";
import type { PackageOptions } from "../operations/charts/package";
import type { PushOptions } from "../operations/charts/push";
import type { MatrixOptions } from "../operations/charts/render-matrix";
import { count, type JsonOption, logFor, printResult } from "./options";

const limitOption = ["--limit <MiB>", "largest size of a package", count(100), 5] as const;

/** Commands that package and publish charts. */
export function addChartCommands(program: Command): void {
  const chart = program
    .command("chart")
    .description("package and publish charts, the same bytes and digest on every machine")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 refused or failed, 2 a matrix that cannot be read, 130 interrupted.",
    );

  chart
    .command("package")
    .description("write the packages of charts, with their size and the digest they have in a registry")
    .argument("<chart...>", "chart folders")
    .option("-o, --output <folder>", "folder of the packages", ".hardened/packages")
    .option(...limitOption)
    .option("--json", "print as JSON")
    .action(async (charts: string[], options: PackageOptions & JsonOption & { readonly output: string }) => {
      const { formatPackages, inMebibytes, packageCharts } = await import("../operations/charts/package");
      const packages = packageCharts(charts, options.output, options);
      for (const { chart: name, size, large } of packages)
        if (large)
          logFor(options.json)(
            `warning: ${name} has ${inMebibytes(size)}; from 1 MiB on Helm may not be able to store a release of it`,
          );
      printResult(options.json, packages, formatPackages(packages));
    });

  chart
    .command("push")
    .description("push charts to an OCI registry with Helm; a version that is there with another content is refused")
    .argument("<chart...>", "chart folders")
    .requiredOption("--to <repository>", "registry and path, such as oci://ghcr.io/acme/charts")
    .option("--plain-http", "ask the registry without TLS")
    .option(...limitOption)
    .option("--json", "print as JSON")
    .action(async (charts: string[], options: PushOptions & JsonOption) => {
      const { formatPushed, pushCharts } = await import("../operations/charts/push");
      const pushed = await pushCharts(charts, options);
      printResult(options.json, pushed, formatPushed(pushed));
    });

  chart
    .command("versions")
    .description("verify that every chart whose package changed since a base has a higher version")
    .option("--base <ref>", "git commit, branch or tag; compared with its merge base with the current branch", "HEAD")
    .option("--json", "print as JSON")
    .action(async ({ base, json }: JsonOption & { readonly base: string }) => {
      const { changedCharts, formatChanged } = await import("../operations/charts/versions");
      const changed = changedCharts(base);
      printResult(json, changed, formatChanged(changed, base));
      if (changed.some(({ raised }) => !raised)) process.exitCode = 1;
    });

  chart
    .command("matrix")
    .description("lint and render charts over a matrix of values: each base as it is, and with each variation of it")
    .argument("<file>", "matrix of values, such as charts/zen-agent/scripts/ci/matrix.yaml")
    .option("--policy", "evaluate each render with the policy pack, the images by the registries of its base")
    .option("--json", "print as JSON")
    .action(async (file: string, { json, ...options }: MatrixOptions & JsonOption) => {
      const { readMatrix } = await import("../operations/charts/matrix");
      const { formatMatrix, renderMatrix } = await import("../operations/charts/render-matrix");
      const combinations = await readMatrix(file);
      const rendered = await renderMatrix(combinations, options);
      printResult(json, rendered, formatMatrix(rendered, options));
      if (rendered.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
    });
}
