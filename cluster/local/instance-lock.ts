import { join } from "node:path";
import { type Holder, withLock } from "../../process/lock";
import { type Instance, stateRoot } from "./names";

/**
 * Runs `work` while no other command changes the instance, and reports once whom it waits for. The lock is next to the state folder,
 * which `down` removes.
 */
export const whileLocked = (
  instance: Instance,
  log: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> => {
  const onWait = ({ who, check }: Holder): void =>
    log(`cluster ${instance.name} is being changed by ${who}; waiting for it${check}`);
  return withLock(join(stateRoot(), `${instance.name}.lock`), work, { onWait });
};
