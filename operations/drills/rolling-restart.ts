import { deploymentOf } from "./deployment";
import { until } from "./evict";
import { type ExperimentContext, recovered } from "./experiment";
import { podsOf } from "./target";

/** Restarts the pods of the service's Deployment by a rolling update, as an upgrade does. */
export async function rollingRestart(context: ExperimentContext): Promise<void> {
  const { target, pods, signal, patience, note } = context;
  const { metadata } = await deploymentOf(target);
  await target.cluster.kubectl(["rollout", "restart", `deployment/${metadata.name}`, "-n", target.namespace]);
  note(`restarted Deployment ${metadata.name}`);
  const old = new Set(pods.map((pod) => pod.metadata.uid));
  const renewed = async (): Promise<boolean> => !(await podsOf(target)).some((pod) => old.has(pod.metadata.uid));
  await until("every pod is a new one", renewed, patience, signal);
  await recovered(context);
  note(`${pods.length} new pods ready`);
}
