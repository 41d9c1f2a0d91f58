import { clusterUp } from "../../cluster/local/up";
import { ensureToolchain, spent } from "../../process/toolchain/ensure";
import { enabledSystems } from "../../systems/registry";
import { terminalHost } from "./hosts";
import { up } from "./run";
import { useEnvironment } from "./stack-environment";
import { checkStackFile, enabledSystemNames } from "./stack-file";
import { status, statusTable } from "./status";
import { evaluated, writeTrialStack } from "./trial";

/**
 * From nothing to running on this machine: tools, cluster, images, a stack. Repeating it does only what is missing.
 * @param given the stack, unless a system is to run in one of its own
 */
export async function start(
  given: { readonly stack: string; readonly system?: string | undefined },
  log: (line: string) => void,
): Promise<void> {
  const begin = Date.now();
  const { system } = given;
  const systems = system === undefined ? enabledSystemNames(given.stack) : [evaluated(system).name];
  log("1/3 tools");
  await ensureToolchain(log);
  log(`1/3 tools are there (${spent(Date.now() - begin)})`);
  log("2/3 cluster");
  await clusterUp({ systems, log });
  log(`2/3 cluster is up (${spent(Date.now() - begin)})`);
  const stack = system === undefined ? given.stack : await writeTrialStack(system);
  log(`3/3 stack ${stack}`);
  useEnvironment("stack");
  await up(stack, terminalHost(log));
  log(`3/3 stack ${stack} is up; all in ${spent(Date.now() - begin)}`);
  log(`\n${statusTable(await status(stack))}`);
  for (const { system: one, config } of enabledSystems(checkStackFile(stack))) {
    const shown = await (await one.demo?.())?.demo(config);
    if (shown !== undefined) log(`\n${shown}`);
  }
  if (system !== undefined)
    log(`\nPulumi.${stack}.yaml is its stack; to delete it: bin/hardened destroy --stack ${stack}`);
  log(`\nfor kubectl, helm and pulumi in this shell: eval "$(npm run -s env)"`);
}
