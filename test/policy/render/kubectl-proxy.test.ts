import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "../../../process/identity";
import { eventually } from "../../support/run";

describe("kubectl proxy", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubectl-proxy-"));
  const env = { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) };
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts a process that starts a proxy; kubectl prints its pid. */
  const begin = async (then: string, before = "") => {
    writeFileSync(join(folder, "kubectl"), `#!/bin/sh\n${before}\necho $$\nexec sleep 600\n`, { mode: 0o755 });
    const module = join(__dirname, "../../../policy/render/kubectl-proxy.ts");
    const program = `
      const { child, folder, close } = require(${JSON.stringify(module)}).startProxy(() => []);
      child.stdout.once("data", (pid) => { console.log(child.pid, Number(pid), folder); ${then} });
      process.on("SIGINT", () => undefined);`;
    const register = join(__dirname, "../../../bin/register.js");
    const args = ["--no-warnings", "-r", register, "-e", program];
    const owner = spawn(process.execPath, args, { env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(owner.stdout, "data")) as [Buffer];
    const [shell, kubectl, socketFolder = ""] = String(line).trim().split(" ");
    return { owner, pids: [Number(shell), Number(kubectl)], socketFolder };
  };

  it("ends when its owner is killed, and its folder goes", async () => {
    const { owner, pids, socketFolder } = await begin("");
    assert.deepEqual([...pids.map(isRunning), existsSync(socketFolder)], [true, true, true]);
    owner.kill("SIGKILL");
    await eventually("both have ended", async () => !pids.some(isRunning));
    assert.ok(!existsSync(socketFolder));
  });

  it("goes on after Ctrl-C, which is for its owner to handle, and ends when that closes it", async () => {
    const { owner, pids, socketFolder } = await begin("setTimeout(close, 1000);");
    process.kill(-Number(owner.pid), "SIGINT"); // as a terminal sends it: to its whole group
    await sleep(300);
    assert.deepEqual(pids.map(isRunning), [true, true]);
    await eventually("all have ended", async () => ![...pids, Number(owner.pid)].some(isRunning));
    assert.ok(!existsSync(socketFolder));
  });

  it("ends with the group of its owner, when that is killed as a whole, and its folder goes", async () => {
    const { owner, pids, socketFolder } = await begin("");
    process.kill(-Number(owner.pid), "SIGKILL");
    await eventually("both have ended", async () => !pids.some(isRunning));
    assert.ok(!existsSync(socketFolder));
  });

  it("keeps nobody waiting who has closed it, also with a credential plugin that goes on", async () => {
    const { owner, pids } = await begin("close();", "sleep 5 &");
    await eventually("its owner has ended", async () => !isRunning(Number(owner.pid)), 3000);
    await eventually("so has it", async () => !pids.some(isRunning));
  });
});
