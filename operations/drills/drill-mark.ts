import { hostname } from "node:os";
import { identityOf, isAlive, isOfHere, type ProcessIdentity } from "../../process/identity";
import { UserError } from "../../process/user-error";

/** Process of a drill, written to what it disturbs: a later drill restores it once the process is dead. */
interface DrillMark extends ProcessIdentity {
  /** When it began, ISO 8601. */
  readonly since: string;
}

/** The mark of this process. */
export const drillMark = (): string =>
  JSON.stringify({ ...identityOf(process.pid), since: new Date().toISOString() } satisfies DrillMark);

/**
 * Pid of the dead process of a mark. Throws a UserError when it runs, or may run on another host or in another container: drills of other
 * users and machines do not share a lock.
 * @param what what the mark is on, such as "node a is cordoned"
 * @param command restores it by hand
 */
export function deadOwner(mark: string, what: string, command: string): number {
  const owner = parsed(mark);
  if (owner === undefined)
    throw new UserError(`${what} by a drill whose mark cannot be read; if you are sure that it is dead: ${command}`, 2);
  const { pid, host, since } = owner;
  if (!isAlive(owner)) return pid;
  const by = `(process ${pid}, since ${since}); wait until it has ended`;
  if (isOfHere(owner)) throw new UserError(`${what} by a drill that runs on this machine ${by}`, 2);
  const elsewhere = host === hostname() ? `${host}, another container or machine of this name` : host;
  throw new UserError(
    `${what} by a drill of host ${elsewhere} ${by}, or if you are sure that it is dead: ${command}`,
    2,
  );
}

function parsed(mark: string): DrillMark | undefined {
  try {
    const read = JSON.parse(mark) as DrillMark | null;
    return typeof read?.pid === "number" && typeof read.host === "string" ? read : undefined;
  } catch {
    return undefined;
  }
}
