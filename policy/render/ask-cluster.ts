/** Asks a cluster what it offers, as Helm does before it installs. The pack's only look at a cluster: its version and its list of APIs, through
 *  kubectl, which reads every kind of kubeconfig. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { discoveryTypes, servedBy, servedInVersion, versionIn, versionPaths } from "./discovery";
import { startProxy } from "./kubectl-proxy";

/** Which cluster: what a Kubernetes provider is given. */
export interface ClusterAddress {
  /** Context of the kubeconfig. @default the current one */
  readonly context?: string;
  /** Cluster of the kubeconfig. @default the context's */
  readonly cluster?: string;
  /** Path of a kubeconfig, or its text. @default kubectl's own: KUBECONFIG, else the one in the home folder */
  readonly kubeconfig?: string;
}

/** What a cluster offers. */
export interface Capabilities {
  /** Version of the API server, e.g. "v1.36.3". */
  readonly kubeVersion: string;
  /** Everything it serves, e.g. "apps/v1" and "apps/v1/Deployment". */
  readonly served: readonly string[];
}

/** Longest time the whole conversation may take, in milliseconds: a cluster that is not there must not hold up a preview. */
const limit = 5_000;

const asked = new Map<string, Promise<Capabilities | undefined>>();

/** What the cluster offers, undefined when it does not tell within five seconds. Each is asked once in a process. Never throws. */
export function askCluster(address: ClusterAddress): Promise<Capabilities | undefined> {
  const key = JSON.stringify([address, process.env.KUBECONFIG]);
  const known = asked.get(key) ?? ask(address).catch(() => undefined);
  asked.set(key, known);
  return known;
}

/** kubectl serves the discovery paths, and only those, on a socket in a folder nobody else can enter: one process and one sign-in for all questions. */
async function ask({ context, cluster, kubeconfig }: ClusterAddress): Promise<Capabilities | undefined> {
  const { child, socketPath, close } = startProxy((socket, folder) => {
    const written = kubeconfig === undefined ? undefined : kubeconfigFile(kubeconfig, folder);
    const options = { context, cluster, kubeconfig: written };
    const named = Object.entries(options).flatMap(([name, value]) => (value ? [`--${name}=${value}`] : []));
    const paths = "--accept-paths=^/(version|api|api/v1|apis|apis/[^/]+/[^/]+)$";
    return ["proxy", `--unix-socket=${socket}`, paths, "--reject-methods=^[^G]", ...named];
  });
  child.stderr.resume();
  const end = AbortSignal.timeout(limit);
  try {
    const ended = once(child, "exit", { signal: end }).then(() => Promise.reject(new Error("kubectl ended")));
    const ready = once(child.stdout, "data", { signal: end });
    return await Promise.race([ready.then(() => converse((path) => get(socketPath, path, end))), ended]);
  } finally {
    close();
  }
}

async function converse(answer: (path: string) => Promise<unknown>): Promise<Capabilities | undefined> {
  const [version, core, groups] = await Promise.all(["/version", "/api", "/apis"].map(answer));
  const kubeVersion = versionIn(version);
  const parts = await Promise.all(
    [core, groups].map(async (one) => {
      const served = servedBy(one);
      return served ?? (await Promise.all(versionPaths(one).map(answer))).flatMap(servedInVersion);
    }),
  );
  const served = parts.flat();
  return kubeVersion === undefined || !served.includes("v1") ? undefined : { kubeVersion, served };
}

/** The JSON a path is answered with. Throws for anything else. */
async function get(socketPath: string, path: string, signal: AbortSignal): Promise<unknown> {
  const call = request({ socketPath, path, signal, headers: { accept: discoveryTypes } }).end();
  const [response] = (await once(call, "response", { signal })) as [import("node:http").IncomingMessage];
  const body = await readAll(response);
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode}`);
  return JSON.parse(body);
}

/** Path of a kubeconfig that may be given as its text: that goes into a file only this user can read. */
function kubeconfigFile(kubeconfig: string, folder: string): string {
  if (!/[\n{]/.test(kubeconfig)) return kubeconfig;
  const file = join(folder, "kubeconfig");
  writeFileSync(file, kubeconfig, { mode: 0o600 });
  return file;
}
