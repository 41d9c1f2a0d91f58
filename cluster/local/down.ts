import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { whileLocked } from "./instance-lock";
import { instanceOf, stateRoot } from "./names";
import { checkHost } from "./preflight";
import { exists, teardown } from "./teardown";

/** Options of `cluster:down`. */
export interface ClusterDownOptions {
  /** Instance; @default $HARDENED_CLUSTER, else "hardened" */
  readonly name?: string;
  /** Receives progress lines. */
  readonly log: (line: string) => void;
}

/** Stops the instance and removes every trace of it: processes, mounts, namespaces, cgroups, folders, images pushed to it. */
export async function clusterDown(options: ClusterDownOptions): Promise<void> {
  const instance = instanceOf(options.name);
  checkHost(options.log);
  if (!exists(instance)) {
    options.log(`cluster ${instance.name} does not exist`);
    return;
  }
  await whileLocked(instance, options.log, () => teardown(instance, options.log));
  for (const folder of [stateRoot(), dirname(stateRoot())]) {
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
  options.log(`cluster ${instance.name} is gone`);
}
