import { parseArgs } from "node:util";
import { describeError, UserError } from "../../process/user-error";
import { clusterDown } from "./down";
import { clusterStatus, describeStatus } from "./status";
import { clusterUp } from "./up";

const help = `A real two-node Kubernetes cluster on this machine, from tools built here. Linux, root.

Usage: npm run cluster:up | cluster:status | cluster:down [-- --name NAME] [--json] [--help]
  up        bring it up, or heal what is dead; may be repeated at any time
  status    what runs, which ports lead where; exit code 1 unless all of it works
  down      stop it and remove every trace
  --name    instance; several may run side by side; default $HARDENED_CLUSTER, else hardened
  --json    with status: for machines
Its files are in $XDG_STATE_HOME/hardened/clusters/NAME, else ~/.operations/stack/state/hardened/clusters/NAME.
Exit codes: 0 done, 1 not, 130 interrupted.`;

const log = (line: string): void => console.log(line);

async function status(name: string | undefined, json: boolean): Promise<void> {
  const found = await clusterStatus({ name });
  log(json ? JSON.stringify(found, null, 2) : describeStatus(found));
  if (found.state !== "running") process.exitCode = 1;
}

async function up(name: string | undefined): Promise<void> {
  const kubeconfig = await clusterUp({ name, log });
  log(`export KUBECONFIG=${kubeconfig}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean" }, json: { type: "boolean" }, name: { type: "string" } },
  });
  const [command, ...rest] = positionals;
  if (values.help) return log(help);
  if (rest.length > 0) throw new UserError(`expected one command, got ${positionals.join(" ")}; see --help`);
  if (command === "up") return up(values.name);
  if (command === "down") return clusterDown({ name: values.name, log });
  if (command === "status") return status(values.name, values.json === true);
  throw new UserError(`command must be up, status or down, got ${command ?? "none"}; see --help`);
}

// What was started stays: it is found again by the next up, or removed by down.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    console.error("interrupted; run the same command again to go on");
    process.exit(130);
  });
}

main().catch((error: unknown) => {
  const wrongArguments =
    error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  console.error(wrongArguments ? `${(error as Error).message}; see --help` : describeError(error));
  process.exitCode = 1;
});
