import { clusterUp } from "../../cluster/local/up";
import { ensureToolchain, spent } from "../../process/toolchain/ensure";
import { enabledSystems } from "../../systems/registry";
import { terminalHost } from "./hosts";
import { up } from "./run";
import { useEnvironment } from "./stack-environment";
import { checkStackFile, enabledSystemNames } from "./stack-file";
import { status, statusTable } from "./status";

/** From nothing to running on this machine: tools, cluster, images, a stack. Repeating it does only what is missing. */
export async function start(stack: string, log: (line: string) => void): Promise<void> {
  const begin = Date.now();
  const systems = enabledSystemNames(stack);
  log("1/3 tools");
  await ensureToolchain(log);
  log(`1/3 tools are there (${spent(Date.now() - begin)})`);
  log("2/3 cluster");
  await clusterUp({ systems, log });
  log(`2/3 cluster is up (${spent(Date.now() - begin)})`);
  log(`3/3 stack ${stack}`);
  useEnvironment("stack");
  await up(stack, terminalHost(log));
  log(`3/3 stack ${stack} is up; all in ${spent(Date.now() - begin)}`);
  log(`\n${statusTable(await status(stack))}`);
  for (const { system, config } of enabledSystems(checkStackFile(stack))) {
    const shown = await (await system.demo?.())?.demo(config);
    if (shown !== undefined) log(`\n${shown}`);
  }
  log(`\nfor kubectl, helm and pulumi in this shell: eval "$(npm run -s env)"`);
}
