import { execFile } from "node:child_process";

/** Why the cluster could not be asked: no kubectl, not reachable, not allowed. */
export class ClusterUnavailable extends Error {
  override readonly name = "ClusterUnavailable";
}

/** Runs kubectl against one context and gives what it prints. Nothing secret goes into the arguments. */
export function kubectl(context: string, args: readonly string[], stdin?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const full = ["--context", context, "--request-timeout=15s", ...args];
    const child = execFile("kubectl", full, { timeout: 20_000, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        return reject(new ClusterUnavailable("kubectl is not on PATH"));
      const why =
        stderr
          .trim()
          .split("\n")
          .filter((line) => !/^[EWI]\d{4} /.test(line))
          .pop() ?? error.message;
      reject(/NotFound/.test(stderr) ? new NotFound(why) : new ClusterUnavailable(why));
    });
    if (stdin !== undefined) child.stdin?.end(stdin);
  });
}

/** The object asked for does not exist. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}

/** An object as the API server has it, or nothing when there is none. Throws ClusterUnavailable when it cannot be asked. */
export async function getObject<T>(context: string, args: readonly string[]): Promise<T | undefined> {
  try {
    return JSON.parse(await kubectl(context, ["get", ...args, "-o", "json"])) as T;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
