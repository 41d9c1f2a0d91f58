import assert from "node:assert/strict";
import { run, runAsync, systemPath } from "../../../cluster/local/commands";

describe("system commands of the local cluster", () => {
  const shell = ["sh", "-c"] as const;

  it("return what they print, and read what they are given", async () => {
    assert.equal(run(...shell, "echo out; echo err >&2"), "out\n");
    assert.equal(await runAsync("cat", [], "given"), "given");
    assert.equal(await runAsync("cat", []), "");
  });

  it("fail with their own words, or with the command where they say nothing", async () => {
    assert.throws(() => run(...shell, "echo ' why ' >&2; exit 3"), { message: "sh failed: why" });
    await assert.rejects(runAsync("sh", ["-c", "echo why >&2; exit 3"]), { message: "sh failed: why" });
    await assert.rejects(runAsync("sh", ["-c", "exit 3"]), { message: "sh failed: Command failed: sh -c exit 3" });
    assert.throws(() => run("no-such-command"), {
      message: "no-such-command failed: spawnSync no-such-command ENOENT",
    });
  });

  it("run with the system's folders alone, whatever the caller's shell has", async () => {
    process.env.HARDENED_UNIT = "of the caller";
    try {
      for (const env of [run("env"), await runAsync("env", [])])
        assert.deepEqual(env.trim().split("\n").sort(), ["LC_ALL=C", `PATH=${systemPath}`]);
    } finally {
      delete process.env.HARDENED_UNIT;
    }
  });
});
