import { execFile } from "node:child_process";
import { type KubectlProxy, noKubectl, startProxy } from "../policy/render/kubectl-proxy";

/** Why the cluster could not be asked: no kubectl, not reachable, not allowed. */
export class ClusterUnavailable extends Error {
  override readonly name = "ClusterUnavailable";
}

/** The API server denies the user this request: RBAC, or admission. */
export class Forbidden extends ClusterUnavailable {}

/** The object asked for does not exist. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}

/** The result of a request, or a fallback where the user lacks the permission. Throws ClusterUnavailable for other failures. */
export async function unlessForbidden<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Forbidden) return otherwise;
    throw error;
  }
}

/** A proxy to the API server with the user's rights. */
export interface Proxy {
  /** Unix socket it listens on, in a folder only its owner can enter. */
  readonly socketPath: string;
  close(): void;
}

/** How a list is narrowed. */
export interface ListOptions {
  /** @default objects outside of namespaces, or of all */
  readonly namespace?: string;
  /** Label selector. @default all */
  readonly selector?: string;
  /** Field selector. @default all */
  readonly fields?: string;
  /** Include `metadata.managedFields`. @default false */
  readonly managedFields?: boolean;
}

/** One cluster, accessed with the rights of the user's kubeconfig. Every call of kubectl goes through it; it throws ClusterUnavailable. */
export class Cluster {
  /** @param context name of the kubeconfig context */
  constructor(readonly context: string) {}

  /** Runs kubectl and returns what it prints. Nothing secret goes into the arguments. Throws NotFound, Forbidden or another ClusterUnavailable. */
  kubectl(args: readonly string[], stdin?: string): Promise<string> {
    return runKubectl(this.context, args, stdin);
  }

  /** An object, or undefined when there is none. */
  get<T>(kind: string, name: string, namespace?: string): Promise<T | undefined> {
    const where = namespace === undefined ? [] : ["-n", namespace];
    return this.read<T>([kind, name, ...where]);
  }

  /** Objects of a kind, or of several with commas between; none where the namespace is not there. */
  async list<T>(
    kinds: string,
    { namespace, selector, fields, managedFields }: ListOptions = {},
  ): Promise<readonly T[]> {
    const args = [
      ...(namespace === undefined ? [] : ["-n", namespace]),
      ...(selector === undefined ? [] : ["-l", selector]),
      ...(fields === undefined ? [] : ["--field-selector", fields]),
      ...(managedFields === true ? ["--show-managed-fields"] : []),
    ];
    return (await this.read<{ readonly items: readonly T[] }>([kinds, ...args]))?.items ?? [];
  }

  private async read<T>(what: readonly string[]): Promise<T | undefined> {
    try {
      return JSON.parse(await this.kubectl(["get", ...what, "-o", "json"])) as T;
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  /** What the API server answers to a path. */
  raw(path: string): Promise<string> {
    return this.kubectl(["get", "--raw", path]);
  }

  /** Versions of APIs it serves, such as `apps/v1`. */
  async serves(): Promise<ReadonlySet<string>> {
    return new Set((await this.kubectl(["api-versions"])).split("\n"));
  }

  /** UID of the kube-system namespace: the usual identity of a cluster. */
  uid(): Promise<string> {
    return this.kubectl(["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"]);
  }

  /**
   * Starts `kubectl proxy` for the paths a regular expression accepts, and returns its socket once it listens. It ends with `close` or with
   * this process. Throws ClusterUnavailable when it does not start.
   */
  proxy(acceptPaths: string): Promise<Proxy> {
    return openProxy(this.context, acceptPaths);
  }

  /** An error that names the cluster and why it could not be reached. */
  unavailable({ message }: Error): string {
    return `the cluster of context "${this.context}" could not be asked: ${message}`;
  }
}

function runKubectl(context: string, args: readonly string[], stdin?: string): Promise<string> {
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
      reject(failureOf(stderr, why));
    });
    child.stdin?.on("error", () => undefined); // it ended before it read all: its own words say why
    if (stdin !== undefined) child.stdin?.end(stdin);
  });
}

/** kubectl says what kind of answer the API server gave in its own words alone: the one place that reads them. */
function failureOf(stderr: string, why: string): Error {
  if (/NotFound/.test(stderr)) return new NotFound(why);
  return /forbidden/i.test(stderr) ? new Forbidden(why) : new ClusterUnavailable(why);
}

async function openProxy(context: string, acceptPaths: string): Promise<Proxy> {
  const proxy = startedProxy(context, acceptPaths);
  const { child, socketPath } = proxy;
  const close = (): void => {
    process.removeListener("exit", close);
    proxy.close();
  };
  process.once("exit", close);
  return new Promise((resolve, reject) => {
    let words = "";
    const fail = (why: string): void => {
      close();
      reject(new ClusterUnavailable(why));
    };
    // Not "exit": its last words may come later.
    child.on("close", (code) =>
      fail(code === noKubectl ? "kubectl is not on PATH" : words.trim() || "kubectl proxy ended at once"),
    );
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words = `${words}${text}`.slice(-2000);
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (/Starting to serve/.test(text)) resolve({ socketPath, close });
    });
  });
}

function startedProxy(context: string, acceptPaths: string): KubectlProxy {
  try {
    return startProxy((socket) => [
      ...["--context", context],
      ...["proxy", `--unix-socket=${socket}`, `--accept-paths=${acceptPaths}`],
    ]);
  } catch (error) {
    throw new ClusterUnavailable((error as Error).message);
  }
}
