import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../process/lock";

/** Takes a lock some times; writes "in" and "out" into a log around each. A third argument keeps it for ever after the first. */
const [file = "", log = "", times = "1", forEver] = process.argv.slice(2);
void (async () => {
  for (let n = 0; n < Number(times); n++) {
    const work = async (): Promise<void> => {
      appendFileSync(log, `in ${process.pid}\n`);
      if (forEver !== undefined) await sleep(600_000);
      await sleep(2);
      appendFileSync(log, `out ${process.pid}\n`);
    };
    await withLock(file, work, { onWait: () => undefined });
  }
})();
