/** Starts helm: the only file that does. For drills and tests on a cluster; the policy pack has its own renderer. */
import { spawn } from "node:child_process";

/** Output and exit code of a helm command. */
export interface HelmResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** The helm binary: HELM_BIN, else `helm` on PATH. */
const helmBinary = (): string => process.env.HELM_BIN || "helm";

/** Runs helm with `args` and `input` on its stdin, without the user's own Helm and Kubernetes settings. A non-zero end is returned; a helm that is not
 *  there ends with 127.
 *  @param timeoutMs wall time in milliseconds after which it is stopped; @default 30000
 *  @param timeZone the zone Helm writes times in; @default the machine's */
export function runHelm(
  args: readonly string[],
  input: string,
  { timeoutMs = 30_000, timeZone }: { readonly timeoutMs?: number; readonly timeZone?: string } = {},
): Promise<HelmResult> {
  const { PATH, HOME, TMPDIR } = process.env;
  const zone = timeZone === undefined ? {} : { TZ: timeZone };
  const own = { KUBECONFIG: "/dev/null", HELM_PLUGINS: "/dev/null", GOGC: "400" }; // short runs: a sixth less processor time than with Go's 100
  const env = { PATH, HOME, TMPDIR, ...zone, ...own };
  return new Promise((resolve) => {
    const child = spawn(helmBinary(), args, { env, stdio: "pipe" });
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs); // spawn's own would run on after a failed start
    const out: Buffer[] = [];
    const words: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => words.push(chunk));
    child.stdin.on("error", () => undefined); // helm may end before it has read everything; its exit says why
    child.stdin.end(input);
    const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString("utf8");
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ stdout: "", stderr: `helm cannot be started: ${error.message}`, code: 127 });
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const stopped = signal === null ? "" : `\nhelm was stopped after ${timeoutMs / 1000} s`;
      resolve({ stdout: text(out), stderr: `${text(words)}${stopped}`, code });
    });
  });
}
