import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterUnavailable } from "../../cluster/cluster";
import { VerifiedCluster } from "../../cluster/cluster-identity";
import type { StackConfig } from "../../config/stack-schema";
import { stateFolder } from "../../policy/own-folders";
import { interruption } from "../../process/interrupt";
import { type Holder, withLock } from "../../process/lock";
import { UserError } from "../../process/user-error";
import { confirmProd } from "../stack/confirm-prod";
import { checkStackFile } from "../stack/stack-file";
import { badRelease, healBadReleases, type RollbackRecord } from "./bad-release";
import { type Slo, sloOf } from "./budget";
import { healCordons } from "./cordon";
import { record, type StoredDrill } from "./drill-report";
import { openEndpoint } from "./endpoint";
import { DrillStopped } from "./evict";
import type { ExperimentContext } from "./experiment";
import type { ExperimentName } from "./experiment-names";
import { chooseNode, nodeDrain } from "./node-drain";
import { placesOf, type Scope } from "./place";
import { podKill } from "./pod-kill";
import { rollingRestart } from "./rolling-restart";
import { type Stream, startStream } from "./stream";
import { findTarget, type Target } from "./target";

type Log = (line: string) => void;

/** Options of `hardened drill`. */
export interface DrillOptions extends Scope {
  readonly stack: string;
  readonly port?: string;
  /** Path of the requests. */
  readonly path: string;
  readonly url?: string;
  /** Requests a second. @default 50 to an address; 25 through port-forwards, each of which loads the API server and the kubelet as well */
  readonly rate?: number;
  /** Timeout of a request in seconds. */
  readonly timeout: number;
  /** Minimum number of evaluated requests. */
  readonly requests: number;
  /** Pods a pod-kill evicts. */
  readonly pods: number;
  readonly node?: string;
  /** Timeout for one pod or condition to recover, in seconds. */
  readonly waitTimeout: number;
  readonly confirm?: string;
  readonly evidence?: string;
  readonly metrics?: string;
}

/** Options with every default applied. */
type Resolved = DrillOptions & { readonly rate: number };

/** Seconds of requests before the disturbance: they show that the service is healthy. */
const secondsBefore = 3;

/**
 * Disturbs a service while a steady stream of requests measures it, and evaluates what that cost of its error budget. Throws
 * a UserError with exit code 2 for what must not or cannot be drilled, before anything is touched.
 */
export async function drill(experiment: ExperimentName, options: DrillOptions, log: Log): Promise<StoredDrill> {
  const config = checkStackFile(options.stack);
  const slo = sloOf(config);
  const resolved = { ...options, rate: options.rate ?? (options.url === undefined ? 25 : 50) };
  confirmProd(config, options.confirm);
  const cluster = new VerifiedCluster(config.cluster, 2);
  try {
    await cluster.verify();
    // One drill at a time: otherwise each would count the other's failures.
    const onWait = ({ who, check }: Holder): never => {
      throw new UserError(`this cluster is drilled already by ${who}; wait until it has ended${check}`, 2);
    };
    const lock = join(stateFolder(), "drills", `${cluster.context.replaceAll(/[^\w.-]/g, "_")}.lock`);
    return await withLock(lock, () => run(experiment, resolved, { config, cluster, slo }, log), { onWait });
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    throw new UserError(cluster.unavailable(error), 2);
  }
}

interface Measure {
  readonly config: StackConfig;
  readonly cluster: VerifiedCluster;
  readonly slo: Slo;
}

async function run(
  experiment: ExperimentName,
  options: Resolved,
  { config, cluster, slo }: Measure,
  log: Log,
): Promise<StoredDrill> {
  const { namespace, namespaces } = placesOf(config, options);
  await healCordons(cluster, log);
  await healBadReleases(cluster, namespace, log);
  const { target, pods } = await findTarget(cluster, namespace, options);
  const began = new Date();
  const events: { readonly time: string; readonly what: string }[] = [];
  const note = (what: string): void => {
    events.push({ time: new Date().toISOString(), what });
    log(`  ${((Date.now() - began.getTime()) / 1000).toFixed(1).padStart(5)} s  ${what}`);
  };
  const signal = interruption;
  const given: ExperimentContext = { target, pods, namespaces, signal, patience: options.waitTimeout, note };
  const node = experiment === "node-drain" ? await chooseNode(given, options.node) : undefined;
  const endpoint = await openEndpoint({ ...target, path: options.path, url: options.url });
  log(
    `drill ${experiment} of ${namespace}/${target.service}: ${pods.length} pods, ${options.rate} requests a second through ${endpoint.name}`,
  );
  const stream = startStream(endpoint, { rate: options.rate, timeoutMs: options.timeout * 1000 });
  let outcome: Outcome;
  try {
    await healthyBefore(stream, target, options);
    outcome = await disturb(experiment, given, options, node, stream);
  } finally {
    await stream.stop();
    endpoint.close();
  }
  return record({
    experiment,
    config,
    slo,
    options,
    target,
    pods: pods.length,
    endpoint: endpoint.name,
    began,
    events,
    ...outcome,
    samples: await stream.stop(),
  });
}

/** Outcome of the experiment itself, apart from the error budget. */
interface Outcome {
  readonly ended: "done" | "stopped" | "interrupted";
  /** Why it was stopped. */
  readonly reason?: string;
  readonly rollback?: RollbackRecord;
}

/** Sends requests before the disturbance. Throws a UserError for a service that already fails: its failures would count as the drill's. */
async function healthyBefore(stream: Stream, { service }: Target, { rate, url }: Resolved): Promise<void> {
  await sleep(secondsBefore * 1000, undefined, { signal: interruption }).catch(() => interruption.throwIfAborted());
  const failed = stream.failures("before");
  if (failed.length === 0) return;
  const asked = Math.round(rate * secondsBefore);
  const hint =
    url === undefined
      ? "; requests came through port-forwards, to send them as its clients do give the address of its Ingress with --url"
      : "";
  throw new UserError(
    `Service ${service} failed ${failed.length} of ${asked} requests before anything was touched (${failed[0]}); nothing was evicted${hint}`,
    2,
  );
}

async function disturb(
  experiment: ExperimentName,
  given: ExperimentContext,
  options: Resolved,
  node: string | undefined,
  stream: Stream,
): Promise<Outcome> {
  stream.phase("during");
  try {
    const rollback = experiment === "bad-release" ? await badRelease(given) : undefined;
    if (experiment === "pod-kill") await podKill(given, options.pods);
    if (experiment === "rolling-restart") await rollingRestart(given);
    if (node !== undefined) await nodeDrain(given, node);
    stream.phase("after");
    const enough = (): boolean =>
      stream.count("during", "after") >= options.requests && stream.count("after") >= options.rate * secondsBefore;
    while (!enough()) {
      interruption.throwIfAborted();
      await sleep(100);
    }
    return { ended: "done", ...(rollback && { rollback }) };
  } catch (error) {
    if (interruption.aborted) return { ended: "interrupted", reason: "interrupted" };
    if (error instanceof DrillStopped) return { ended: "stopped", reason: error.message };
    // The disturbance has begun, so the result is recorded; a refusal (exit code 2) comes before that.
    const failed = error instanceof ClusterUnavailable || (error instanceof UserError && error.exitCode !== 2);
    if (failed) return { ended: "stopped", reason: error.message };
    throw error;
  }
}
