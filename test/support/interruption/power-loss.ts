import { readdirSync, readFileSync } from "node:fs";
import { clusterStatus } from "../../../cluster/local/status";
import { instance, type KubeObject, objects } from "../e2e-cluster";

/** Kills every process of pods, as a machine does that loses its power: none of them can say goodbye. */
export function killProcesses(pods: readonly KubeObject[]): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const cgroup = readFileSync(`/proc/${pid}/cgroup`, "utf8");
      if (pods.some(({ metadata }) => cgroup.includes(metadata.uid))) process.kill(Number(pid), "SIGKILL");
    } catch {
      // gone already
    }
  }
}

/** Kills a node's own programs and every process of its pods. `cluster up` starts it again. */
export async function loseNode(name: string): Promise<void> {
  const { programs } = await clusterStatus({ name: instance.name });
  const pods = await objects("pods", "-A", `--field-selector=spec.nodeName=${name}`);
  for (const [program, pid] of Object.entries(programs))
    if (program.endsWith(`-${name}`) && pid !== null) process.kill(pid, "SIGKILL");
  killProcesses(pods);
}
