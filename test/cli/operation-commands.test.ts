import { strict as assert } from "node:assert";
import { Command } from "commander";
import { addOperationCommands } from "../../cli/operation-commands";

/** The drill command, and the longest wait that these arguments give. */
function drillWith(...args: string[]): { drill: Command; waitTimeout: () => Promise<number> } {
  const program = new Command().exitOverride();
  addOperationCommands(program);
  const drill = program.commands.find((one) => one.name() === "drill");
  if (drill === undefined) throw new Error("there is no drill");
  drill.exitOverride().configureOutput({ writeErr: () => undefined });
  let seen = 0;
  drill.action((_: string, given: { readonly waitTimeout: number }) => {
    seen = given.waitTimeout;
  });
  return {
    drill,
    waitTimeout: async () => {
      await program.parseAsync(["drill", "pod-kill", ...args], { from: "user" });
      return seen;
    },
  };
}

describe("options of a drill", () => {
  it("--wait-timeout is the longest wait, 120 seconds by default", async () => {
    assert.equal(await drillWith().waitTimeout(), 120);
    assert.equal(await drillWith("--wait-timeout", "7").waitTimeout(), 7);
    await assert.rejects(drillWith("--wait-timeout", "4000").waitTimeout(), /whole number from 1 to 3600/);
    await assert.rejects(drillWith("--patience", "7").waitTimeout(), /unknown option '--patience'/);
  });
});
