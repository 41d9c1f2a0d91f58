import type { Command } from "commander";
import { endWithHint, interruption } from "../process/interrupt";
import { toolGroups } from "../process/toolchain/groups";
import { UserError } from "../process/user-error";
import { type JsonOption, print, printResult, type StackOptions } from "./options";

const nameOption = [
  "--name <name>",
  "cluster name; several can run side by side; default: $HARDENED_CLUSTER, else hardened",
] as const;

/** Commands for the local cluster and the tools on this machine. */
export function addMachineCommands(program: Command): void {
  const cluster = program
    .command("cluster")
    .description("a real two-node Kubernetes cluster on this machine, from tools built here; Linux, root")
    .addHelpText(
      "after",
      "\nIts files are in $XDG_STATE_HOME/hardened/clusters/NAME, else ~/.local/state/hardened/clusters/NAME.\nExit codes: 0 done, 1 not, 130 interrupted.",
    );

  cluster
    .command("up")
    .description("start the local cluster or repair its dead parts; idempotent")
    .option(...nameOption)
    .option("-s, --stack <name>", "stack whose enabled systems get their images built and published", "dev")
    .action(async ({ name, stack }: StackOptions & { name?: string }) => {
      endWithHint();
      const { enabledSystemNames } = await import("../operations/stack/stack-file");
      const { clusterUp } = await import("../cluster/local/up");
      const kubeconfig = await clusterUp({ name, systems: enabledSystemNames(stack), log: print });
      print(`export KUBECONFIG=${kubeconfig}`);
    });

  cluster
    .command("status")
    .description("status of the local cluster and its port mappings; exit code 1 unless it is healthy")
    .option(...nameOption)
    .option("--json", "print as JSON")
    .action(async ({ name, json }: JsonOption & { name?: string }) => {
      const { clusterStatus, describeStatus } = await import("../cluster/local/status");
      const found = await clusterStatus({ name });
      printResult(json, found, describeStatus(found));
      if (found.state !== "running") process.exitCode = 1;
    });

  cluster
    .command("down")
    .description("stop the local cluster and delete all its data")
    .option(...nameOption)
    .action(async ({ name }: { name?: string }) => {
      endWithHint();
      const { clusterDown } = await import("../cluster/local/down");
      await clusterDown({ name, log: print });
    });

  program
    .command("toolchain")
    .description(
      "build the required tools from pinned Go modules; installed tools of a supported version are used as they are",
    )
    .argument("[group...]", `only these groups: ${toolGroups.map(({ name }) => name).join(", ")}`)
    .option("--list", "show the state of each tool; builds nothing")
    .option("--json", "with --list: print as JSON")
    .addHelpText(
      "after",
      "\nThe tools live in $HARDENED_CACHE, else $XDG_CACHE_HOME/hardened, else ~/.cache/hardened.\nExit codes: 0 all tools available, 1 one could not be built, 130 interrupted.",
    )
    .action(async (groups: string[], { list, json }: JsonOption & { list?: boolean }) => {
      const unknown = groups.filter((name) => !toolGroups.some((group) => group.name === name));
      if (unknown.length > 0) throw new UserError(`no such group: ${unknown.join(", ")}; see --help`);
      const { ensureToolchain, formatTools, listTools } = await import("../process/toolchain/ensure");
      if (list) {
        const tools = await listTools();
        return printResult(json, tools, formatTools(tools));
      }
      try {
        await ensureToolchain(print, groups.length > 0 ? groups : undefined);
      } catch (error) {
        // The compiler was interrupted too: its message adds nothing.
        throw interruption.aborted ? new UserError("interrupted; run the same command again to resume", 130) : error;
      }
    });
}
