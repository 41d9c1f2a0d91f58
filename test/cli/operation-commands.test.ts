import { strict as assert } from "node:assert";
import { Command } from "commander";
import { addOperationCommands, drillOptions } from "../../cli/operation-commands";

/** The drill command, and the longest wait that these arguments give. */
function drillWith(...args: string[]): { drill: Command; patience: () => Promise<number> } {
  const program = new Command().exitOverride();
  addOperationCommands(program);
  const drill = program.commands.find((one) => one.name() === "drill");
  if (drill === undefined) throw new Error("there is no drill");
  drill.exitOverride().configureOutput({ writeErr: () => undefined });
  let seen = 0;
  drill.action((_: string, given: Parameters<typeof drillOptions>[0]) => {
    seen = drillOptions(given).patience;
  });
  return {
    drill,
    patience: async () => {
      await program.parseAsync(["drill", "pod-kill", ...args], { from: "user" });
      return seen;
    },
  };
}

describe("options of a drill", () => {
  it("--wait-timeout is the longest wait, 120 seconds by default", async () => {
    assert.equal(await drillWith().patience(), 120);
    assert.equal(await drillWith("--wait-timeout", "7").patience(), 7);
  });

  it("its former name --patience still counts, is not in the help, and does not go with the new one", async () => {
    assert.equal(await drillWith("--patience", "9").patience(), 9);
    assert.ok(!drillWith().drill.helpInformation().includes("--patience"));
    await assert.rejects(drillWith("--patience", "9", "--wait-timeout", "7").patience(), /cannot be used with/);
    await assert.rejects(drillWith("--patience", "4000").patience(), /whole number from 1 to 3600/);
  });
});
