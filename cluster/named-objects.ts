import { getObject, unlessForbidden } from "./kubectl";

/** Objects that a configuration names and someone else keeps. */

/** A name, and the key path that says it. */
export interface Named {
  readonly name: string;
  readonly by: string;
}

/** Whether an object is there; yes when a person may not ask. */
const exists = (context: string, args: readonly string[]): Promise<boolean> =>
  unlessForbidden(
    getObject(context, args).then((found) => found !== undefined),
    true,
  );

async function missing<T extends Named>(all: readonly T[], there: (name: string) => Promise<boolean>): Promise<T[]> {
  const names = [...new Set(all.map(({ name }) => name))];
  const found = new Set((await Promise.all(names.map(async (name) => ((await there(name)) ? [name] : [])))).flat());
  return all.filter(({ name }) => !found.has(name));
}

/** A line for each namespace that a network policy names and that does not exist. */
export const missingNamespaces = async (context: string, named: readonly Named[]): Promise<string[]> =>
  (await missing(named, (name) => exists(context, ["namespace", name]))).map(
    ({ name, by }) =>
      `${by} names namespace ${name}, which does not exist: until it does, the network policy lets nobody there through; name another, or make it`,
  );

/** A line for each Secret that pods read and that does not exist in their namespace. */
export const missingSecrets = async (context: string, namespace: string, named: readonly Named[]): Promise<string[]> =>
  (await missing(named, (name) => exists(context, ["secret", name, "-n", namespace]))).map(
    ({ name, by }) => `Secret ${namespace}/${name} does not exist, and ${by} names it; make it, or take the entry out`,
  );
