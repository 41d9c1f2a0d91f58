import { parseArgs } from "node:util";
import { describeError, UserError } from "../user-error";
import { isBuilt } from "./cache";
import { ensureToolchain } from "./ensure";
import { toolGroups } from "./groups";
import { ownTool } from "./locate";

const help = `Builds the tools this project needs from pinned Go modules, or says that your own are used.

Usage: npm run toolchain -- [group …] [--list] [--json]
  group …   only these groups: ${toolGroups.map((group) => group.name).join(", ")}
  --list    show each tool's state, build nothing
  --json    with --list: for machines
  --help    this text
The tools live in $HARDENED_CACHE, else $XDG_CACHE_HOME/hardened, else ~/.cache/hardened.
Exit codes: 0 all there, 1 something could not be built, 130 interrupted.`;

async function list(json: boolean): Promise<void> {
  const rows = [];
  for (const group of toolGroups) {
    const own = ownTool(group.name);
    rows.push({ group: group.name, state: own ? "own" : (await isBuilt(group)) ? "built" : "missing", own });
  }
  if (json) console.log(JSON.stringify(rows, null, 2));
  else for (const row of rows) console.log(`${row.group.padEnd(24)} ${row.state}${row.own ? ` (${row.own})` : ""}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean" }, list: { type: "boolean" }, json: { type: "boolean" } },
  });
  if (values.help) return console.log(help);
  const unknown = positionals.filter((name) => !toolGroups.some((group) => group.name === name));
  if (unknown.length > 0) throw new UserError(`no such group: ${unknown.join(", ")}; see --help`);
  if (values.list) return list(values.json === true);
  await ensureToolchain((line) => console.log(line), positionals.length > 0 ? positionals : undefined);
}

let interrupted = false;
process.once("SIGINT", () => {
  interrupted = true;
});
main().catch((error: unknown) => {
  console.error(interrupted ? "interrupted; run the same command again to go on" : describeError(error));
  process.exitCode = interrupted ? 130 : 1;
});
