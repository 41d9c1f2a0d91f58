import { strict as assert } from "node:assert";
import { Command } from "commander";
import type { StartOptions } from "../../cli/options";
import { addStackCommands } from "../../cli/stack-commands";

/** What `start` is given by these arguments. */
async function startWith(...args: string[]): Promise<StartOptions> {
  const program = new Command().exitOverride();
  addStackCommands(program);
  const start = program.commands.find((one) => one.name() === "start");
  if (start === undefined) throw new Error("there is no start");
  start.exitOverride().configureOutput({ writeErr: () => undefined });
  let seen: StartOptions | undefined;
  start.action((given: StartOptions) => {
    seen = given;
  });
  await program.parseAsync(["start", ...args], { from: "user" });
  assert.ok(seen);
  return seen;
}

describe("options of start", () => {
  it("is of the stack dev, of one system in its place, or of every system", async () => {
    assert.deepEqual(await startWith(), { stack: "dev" });
    assert.deepEqual(await startWith("--system", "zen"), { stack: "dev", system: "zen" });
    assert.deepEqual(await startWith("--all"), { stack: "dev", all: true });
  });

  it("takes --all neither with a stack nor with a system", async () => {
    await assert.rejects(
      startWith("--all", "--stack", "dev"),
      /'--all' cannot be used with option '-s, --stack <name>'/,
    );
    await assert.rejects(startWith("--system", "zen", "--all"), /'--all' cannot be used with option '--system <name>'/);
  });
});
