import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, type UnpackedImage, unpackedImage } from "./unpacked-image";

/** Programs of an image, each run in the image's own root folder, where nothing but /tmp can be written. */

export type Environment = Readonly<Record<string, string>>;

/** What a command ended with; stdout alone, and both streams as a container's log has them. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly log: string;
}

export interface Started {
  /** First match in the log; waits at most 20 seconds for it. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends a signal and gives what the program ended with. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
  readonly ended: Promise<Ended>;
}

export interface Programs {
  start(command: readonly string[], env: Environment): Started;
  run(command: readonly string[], env: Environment): Promise<Ended>;
  remove(): void;
}

/** The image's programs, started in one of its folders with the variables that the image and the chart give. `user`: default the image's own. */
export async function programs(name: string, folder: string, given: Environment, user?: number): Promise<Programs> {
  const image: UnpackedImage = await unpackedImage(name, user);
  mkdirSync(join(image.root, "dev"));
  writeFileSync(join(image.root, "dev/null"), "", { mode: 0o666 });
  const running = new Set<ChildProcess>();
  const start: Programs["start"] = (command, env) => {
    const [chroot, ...before] = image.within;
    const shell = ["/bin/sh", "-c", `cd ${folder}; exec "$@"`, "sh"];
    const child = spawn(chroot, [...before, ...shell, ...command], {
      env: { ...given, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let [stdout, log] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      log += chunk;
    });
    child.stderr.on("data", (chunk) => (log += chunk));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        running.delete(child);
        resolve({ code, stdout, log });
      });
    });
    const seen = async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (let waited = 0; waited < 20_000; waited += 20) {
        const match = pattern.exec(log);
        if (match) return match;
        await sleep(20);
      }
      throw new Error(`not seen: ${pattern} in\n${log}`);
    };
    const stop: Started["stop"] = (signal = "SIGTERM") => {
      child.kill(signal);
      return ended;
    };
    return { seen, stop, ended };
  };
  return {
    start,
    run: (command, env) => start(command, env).ended,
    remove: () => {
      for (const child of running) child.kill("SIGKILL");
      image.remove();
    },
  };
}

/** Redis on loopback, with a password. */
export async function redisServer(password: string): Promise<{ readonly port: number; stop(): void }> {
  const port = await freePort();
  const redis = await programs("redis", "/", { PATH: "/usr/sbin:/usr/bin:/bin" });
  const settings = `port ${port}\nbind 127.0.0.1\nrequirepass ${password}\nsave ""\ndir /tmp\n`;
  // Instead of the shell, so that what is killed is the server.
  const server = redis.start(["/bin/sh", "-c", `exec redis-server - <<'END'\n${settings}END\n`], {});
  await server.seen(/Ready to accept connections/);
  return { port, stop: () => redis.remove() };
}
