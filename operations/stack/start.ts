import { instanceOf } from "../../cluster/local/names";
import { clusterUp } from "../../cluster/local/up";
import { ensureToolchain, spent } from "../../process/toolchain/ensure";
import { UserError } from "../../process/user-error";
import { enabledSystems } from "../../systems/registry";
import { terminalHost } from "./hosts";
import { up } from "./run";
import { useEnvironment } from "./stack-environment";
import { checkStackFile, enabledSystemNames } from "./stack-file";
import { status, statusTable } from "./status";
import { evaluated, evaluatedNames, trialStack, writeTrialStack } from "./trial";

/** Options of `hardened start`. */
export interface StartOptions {
  /** The stack, unless `system` is set. */
  readonly stack: string;
  /** System that runs in a stack of its own, in place of the stack. @default none */
  readonly system?: string | undefined;
  /** Also each system that can run in a stack of its own. @default false */
  readonly all?: boolean | undefined;
}

/** A stack that `start` deploys. */
interface Target {
  readonly stack: string;
  readonly systems: readonly string[];
  /** System that its file is generated for at each start. @default none: the file exists */
  readonly alone?: string;
}

/** A stack of the local cluster. Throws a UserError for one of another cluster. */
export const targetOf = (stack: string): Target => {
  const { cluster } = checkStackFile(stack);
  const local = instanceOf().context;
  if (cluster.context !== local)
    throw new UserError(
      `Pulumi.${stack}.yaml is for the context "${cluster.context}", and start deploys to the local cluster, "${local}", alone; to deploy it: bin/hardened up --stack ${stack}`,
    );
  return { stack, systems: enabledSystemNames(stack) };
};
const ofSystem = (name: string): Target => ({ stack: trialStack(name), systems: [evaluated(name).name], alone: name });

/**
 * Sets up everything on this machine: tools, cluster, images, a stack, or several one after the other. Idempotent: a repeated start does only what is
 * missing. Stops at the first stack that fails. Throws a UserError for a stack of another cluster.
 */
export async function start({ stack, system, all }: StartOptions, log: (line: string) => void): Promise<void> {
  const begin = Date.now();
  const first = system === undefined ? targetOf(stack) : ofSystem(system);
  const rest = all ? evaluatedNames().filter((name) => !first.systems.includes(name)) : [];
  const targets = [first, ...rest.map(ofSystem)];
  const steps = targets.length + 2;
  log(`1/${steps} tools`);
  await ensureToolchain(log);
  log(`1/${steps} tools are there (${spent(Date.now() - begin)})`);
  log(`2/${steps} cluster`);
  await clusterUp({ systems: targets.flatMap(({ systems }) => systems), log });
  log(`2/${steps} cluster is up (${spent(Date.now() - begin)})`);
  useEnvironment("stack");
  for (const [index, target] of targets.entries()) {
    const step = `${index + 3}/${steps} stack ${target.stack}`;
    if (target.alone !== undefined) await writeTrialStack(target.alone);
    log(step);
    await up(target.stack, terminalHost(log));
    log(`${step} is up; all in ${spent(Date.now() - begin)}`);
  }
  const rows = await Promise.all(targets.map((target) => status(target.stack)));
  log(`\n${statusTable(rows.flat())}`);
  for (const target of targets)
    for (const { system: one, config } of enabledSystems(checkStackFile(target.stack))) {
      const shown = await (await one.demo?.())?.demo(config);
      if (shown !== undefined) log(`\n${shown}`);
    }
  const files = targets.flatMap(({ stack: name, alone }) =>
    alone === undefined
      ? []
      : [`Pulumi.${name}.yaml is ${alone}'s stack; to delete it: bin/hardened destroy --stack ${name}`],
  );
  if (files.length > 0) log(`\n${files.join("\n")}`);
  log(`\nfor kubectl, helm and pulumi in this shell: eval "$(npm run -s env)"`);
}
