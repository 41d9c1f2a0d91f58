import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, ClusterUnavailable } from "../../cluster/cluster";
import { VerifiedCluster } from "../../cluster/cluster-identity";
import { tool } from "../../config/version";
import { interruption } from "../../process/interrupt";
import { UserError } from "../../process/user-error";
import { openEndpoint } from "../drills/endpoint";
import { figuresOf } from "../drills/samples";
import { startStream } from "../drills/stream";
import { findService, podsOf } from "../drills/target";
import { clusterOf, commitOfCheckout, evidenceFolder, storeEvidence } from "../readiness/evidence";
import { confirmProd } from "../stack/confirm-prod";
import { checkStackFile } from "../stack/stack-file";
import { baselineOf } from "./baseline";
import { type LoadReport, problemsOf, type ServiceLoad, type StoredLoad } from "./load-report";
import { type LoadTarget, readScenario } from "./load-scenario";
import { cpuPeriods, outOfMemory, throttledPercent, type Usage, usageIn } from "./pod-usage";

type Log = (line: string) => void;

/** Options of `hardened load`. */
export interface LoadOptions {
  readonly stack: string;
  readonly confirm?: string;
  readonly evidence?: string;
}

/** Sends the load of a scenario to its services, one after the other, and evaluates each by its criteria. Throws a UserError with
 *  exit code 2 for what cannot be tested. */
export async function load(scenario: string, options: LoadOptions, log: Log): Promise<StoredLoad> {
  const config = checkStackFile(options.stack);
  confirmProd(config, options.confirm);
  const targets = readScenario(scenario);
  const cluster = new VerifiedCluster(config.cluster, 2);
  const began = new Date();
  try {
    const services: ServiceLoad[] = [];
    for (const target of targets) services.push(await loadOne(cluster, target, began, log));
    const report: LoadReport = {
      kind: "load",
      time: began.toISOString(),
      subject: targets.map(({ service }) => service).join(" "),
      stack: config.stack,
      chart: [...new Set(services.map(({ chart }) => chart))].join(", "),
      commit: commitOfCheckout(),
      cluster: await clusterOf(cluster),
      tool,
      verdict: services.every(({ problems }) => problems.length === 0) ? "passed" : "failed",
      services,
    };
    return { ...report, file: storeEvidence(evidenceFolder(config.stack, options.evidence), report) };
  } catch (error) {
    if (!(error instanceof ClusterUnavailable)) throw error;
    throw new UserError(cluster.unavailable(error), 2);
  }
}

async function loadOne(cluster: Cluster, target: LoadTarget, began: Date, log: Log): Promise<ServiceLoad> {
  const found = await findService(cluster, target.namespace, target);
  const before = await podsOf(found);
  const names = new Set(before.map(({ metadata }) => metadata.name));
  const periods = await cpuPeriods(cluster, target.namespace, before);
  const endpoint = await openEndpoint({ ...found, path: target.path, url: target.url });
  log(
    `load on ${target.namespace}/${target.service}: ${target.rate} requests a second for ${target.seconds} s, ${before.length} pods`,
  );
  const stream = startStream(endpoint, { rate: target.rate });
  const usages = new Map<string, Usage>();
  const start = Date.now();
  let seconds = target.seconds;
  try {
    while (Date.now() - start < target.seconds * 1000) {
      interruption.throwIfAborted();
      for (const one of await usageIn(cluster, target.namespace)) {
        // Measurements from before the load do not count.
        if (names.has(one.pod) && Date.parse(one.time) > start) usages.set(`${one.pod} ${one.time}`, one);
      }
      await sleep(1000);
    }
    seconds = (Date.now() - start) / 1000;
  } finally {
    await stream.stop();
    endpoint.close();
  }
  const after = await podsOf(found);
  const figures = figuresOf(await stream.stop());
  const source = `load test of ${target.rate} requests a second for ${target.seconds} s`;
  const baseline = baselineOf([...usages.values()], began.toISOString().slice(0, 10), source);
  const measured = {
    service: target.service,
    namespace: target.namespace,
    chart: found.chart ?? "",
    endpoint: endpoint.name,
    rate: target.rate,
    seconds: target.seconds,
    criteria: target.criteria,
    pods: before.length,
    resources: before[0]?.spec.containers?.map(({ name, resources }) => ({ container: name, ...resources })) ?? [],
    figures,
    /** Successful requests per second. */
    sustained: Math.round(((figures.requests - figures.failed) / seconds) * 10) / 10,
    throttledPercent: throttledPercent(periods, await cpuPeriods(cluster, target.namespace, after)),
    outOfMemory: outOfMemory(before, after),
    measurements: usages.size,
    ...(baseline && { baseline }),
  };
  return { ...measured, problems: problemsOf(measured) };
}
