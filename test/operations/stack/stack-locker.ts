import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { noteEngine } from "../../../operations/stack/engine-record";
import { terminalHost } from "../../../operations/stack/hosts";
import { releaseDeadLocks } from "../../../operations/stack/pulumi-lock";

/**
 * What runs do with the locks of a stack, to be started in a pid namespace of its own. Arguments: the backend's folder, then
 * steps in their order. "start": a pulumi command starts; "note": `hardened` writes it down; "lock": it locks the stack, or
 * "lock-later" ten minutes on; "kill": it is killed; "release": the next run looks at the locks; "stay": it goes on for ever.
 * Prints what a release says, with "held" in front of a refusal, and "ready" when it stays.
 */
const [root = "", ...steps] = process.argv.slice(2);
const folder = join(root, ".pulumi/locks/organization/hardened/dev");
let engine: ChildProcess | undefined;

const lock = (minutes: number): void => {
  const timestamp = new Date(Date.now() + minutes * 60_000).toISOString();
  mkdirSync(folder, { recursive: true });
  const content = { pid: engine?.pid, username: "someone", hostname: hostname(), timestamp };
  writeFileSync(join(folder, "one.json"), JSON.stringify(content));
};
const release = (): void => {
  try {
    releaseDeadLocks("dev", root, terminalHost(console.log));
  } catch (error) {
    console.log(`held: ${(error as Error).message}`);
  }
};
const does: Readonly<Record<string, () => unknown>> = {
  start: () => {
    engine = spawn("sleep", ["600"]);
  },
  note: () => noteEngine(root, "dev", engine?.pid ?? 0),
  lock: () => lock(0),
  "lock-later": () => lock(10),
  kill: () => {
    engine?.kill("SIGKILL");
    return new Promise((resolve) => engine?.once("exit", resolve));
  },
  release,
  stay: () => {
    console.log("ready");
    return new Promise((resolve) => setTimeout(resolve, 600_000));
  },
};
void (async () => {
  for (const step of steps) await does[step]?.();
  engine?.kill("SIGKILL");
})();
