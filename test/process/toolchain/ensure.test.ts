import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../../process/lock";
import { eventually } from "../../support/run";

/** A Go that builds nothing and does not end; it leaves its pid. */
const slowGo = `#!/bin/sh
case "$1" in
  env) echo go1.26.0 ;;
  *) echo $$ >> "$GO_PIDS"; exec sleep 600 ;;
esac
`;

describe("building the tools, interrupted", () => {
  let folder: string;
  let child: ChildProcess | undefined;
  let said = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ensure-"));
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/go"), slowGo);
    chmodSync(join(folder, "bin/go"), 0o755);
    said = "";
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** Builds a tool into an empty cache, then says that it goes on. */
  const build = (): Promise<[number | null, NodeJS.Signals | null]> => {
    const source = `require("./process/toolchain/ensure").ensureToolchain(console.log, ["kubeconform"]).then(() => console.log("went on"))`;
    const one = spawn(process.execPath, ["-r", "./bin/register.js", "-e", source], {
      env: {
        ...process.env,
        PATH: `${join(folder, "bin")}:${process.env.PATH}`,
        HARDENED_CACHE: join(folder, "cache"),
        GO_PIDS: join(folder, "pids"),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = one;
    for (const stream of [one.stdout, one.stderr]) stream.on("data", (chunk) => (said += chunk));
    return new Promise((resolve) => one.on("close", (code, signal) => resolve([code, signal])));
  };
  const isAlive = (pid: number): boolean => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  };

  for (const signal of ["SIGINT", "SIGTERM"] as const)
    it(`ends at once by ${signal}, with its compilers and its lock`, async () => {
      const ended = build();
      const pids = await eventually("a compiler runs", async () => {
        const file = join(folder, "pids");
        return existsSync(file) && readFileSync(file, "utf8").trim().split("\n").map(Number);
      });
      assert.ok(existsSync(join(folder, "cache/toolchain/lock")), "it holds the lock");
      child?.kill(signal);
      assert.deepEqual(await ended, [130, null], said);
      assert.match(said, /^interrupted; the next run goes on from here$/m);
      await eventually("no compiler is left", async () => !pids.some(isAlive));
      assert.ok(!existsSync(join(folder, "cache/toolchain/lock")), "the lock");
    });

  it("ends at once where it waits for another's builds", async () => {
    mkdirSync(join(folder, "cache/toolchain"), { recursive: true });
    const work = async (): Promise<void> => {
      const ended = build();
      await eventually("it waits", async () => /waiting for it/.test(said));
      child?.kill("SIGINT");
      assert.deepEqual(await ended, [130, null], said);
    };
    await withLock(join(folder, "cache/toolchain/lock"), work, { onWait: () => assert.fail() });
    assert.doesNotMatch(said, /went on/);
  });
});
