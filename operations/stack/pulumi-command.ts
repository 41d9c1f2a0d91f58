import { spawn } from "node:child_process";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { endsWithUs } from "../../process/interrupt";

interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Parts of the Automation API that its type declarations leave out; the version is pinned. */
const { CommandResult, createCommandError } = require("@pulumi/pulumi/automation") as {
  readonly CommandResult: new (stdout: string, stderr: string, code: number) => Result;
  readonly createCommandError: (result: Result) => Error;
};

type Told = (chunk: string) => void;

/**
 * The pulumi command, each run in a process group of its own. A terminal sends Ctrl-C to the whole group of what it runs,
 * and the Automation API sends it once more: to the engine that is "twice", and it would end without noting what it has done.
 * @param onStart called when a command starts; the function it returns is called when that command has ended by itself, not when it was killed
 */
export async function pulumiCommand(onStart: (pid: number) => () => void = () => () => {}): Promise<PulumiCommand> {
  const found = await PulumiCommand.get();
  const runAlone = async (
    args: readonly string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
    onOutput?: Told,
    onError?: Told,
    signal?: AbortSignal,
  ): Promise<Result> => {
    const all = args.includes("--non-interactive") ? args : [...args, "--non-interactive"];
    const child = spawn(found.command, all, {
      cwd,
      env: { ...process.env, ...env, PULUMI_AUTOMATION_API: "true" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const text = { stdout: "", stderr: "" };
    const listen = (name: "stdout" | "stderr", tell?: Told): void => {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        text[name] += chunk;
        tell?.(chunk);
      });
    };
    listen("stdout", onOutput);
    listen("stderr", onError);
    const stop = (): void => void child.kill("SIGINT");
    signal?.addEventListener("abort", stop);
    const onEnd = child.pid === undefined ? () => {} : onStart(child.pid);
    const forget = child.pid === undefined ? () => {} : endsWithUs(child.pid);
    try {
      const code = await new Promise<number>((resolve, reject) => {
        child.on("error", reject).on("close", (code) => {
          if (code !== null) onEnd();
          resolve(code ?? -2);
        });
      });
      const result = new CommandResult(text.stdout, text.stderr, code);
      if (code !== 0) throw createCommandError(result);
      return result;
    } finally {
      signal?.removeEventListener("abort", stop);
      forget();
    }
  };
  return Object.create(found, { run: { value: runAlone } }) as PulumiCommand;
}
