/** A preview that finds nothing to change, with the policy pack and without. Needs the stack to be up: `npm start` first.
 *  Options: --stack <name> (default dev), --rounds <n> (default 5). */
import { parseArgs } from "node:util";
import { stackEnvironment } from "../operations/stack/stack-environment";
import { compare, print } from "./measure";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { stack: { type: "string", default: "dev" }, rounds: { type: "string", default: "5" } },
  });
  const args = ["preview", "--stack", values.stack, "--non-interactive", "--expect-no-changes"];
  const env = stackEnvironment();
  const plain = { name: "pulumi preview", command: "pulumi", args, env };
  const judged = {
    name: "with the policy pack",
    command: "pulumi",
    args: [...args, "--policy-pack", "policy/hardened-policy"],
    env,
  };
  const timings = await compare([plain, judged], Number(values.rounds));
  print(`stack ${values.stack}, nothing to change`, timings);
}

void main();
