import { type Cluster, unlessForbidden } from "./cluster";

/** Objects that a configuration refers to and that are managed outside of the stack. */

/** A name, and the key path that says it. */
export interface Named {
  readonly name: string;
  readonly by: string;
}

/** Whether an object exists; true when the user lacks the permission to see it. */
const exists = (cluster: Cluster, kind: string, name: string, namespace?: string): Promise<boolean> =>
  unlessForbidden(
    cluster.get(kind, name, namespace).then((found) => found !== undefined),
    true,
  );

async function missing<T extends Named>(all: readonly T[], there: (name: string) => Promise<boolean>): Promise<T[]> {
  const names = [...new Set(all.map(({ name }) => name))];
  const found = new Set((await Promise.all(names.map(async (name) => ((await there(name)) ? [name] : [])))).flat());
  return all.filter(({ name }) => !found.has(name));
}

/** A line for each namespace that a network policy names and that does not exist. */
export const missingNamespaces = async (cluster: Cluster, named: readonly Named[]): Promise<string[]> =>
  (await missing(named, (name) => exists(cluster, "namespace", name))).map(
    ({ name, by }) =>
      `${by} names namespace ${name}, which does not exist: until it does, the network policy admits no traffic from it; name another, or create it`,
  );

/** A line for each Secret that pods read and that does not exist in their namespace. */
export const missingSecrets = async (cluster: Cluster, namespace: string, named: readonly Named[]): Promise<string[]> =>
  (await missing(named, (name) => exists(cluster, "secret", name, namespace))).map(
    ({ name, by }) => `Secret ${namespace}/${name} does not exist, and ${by} names it; make it, or take the entry out`,
  );

/** Keys a Secret lacks, all of them when it does not exist; key names only, values are never read out. */
export async function missingKeys(
  cluster: Cluster,
  namespace: string,
  name: string,
  keys: readonly string[],
): Promise<MissingKeys> {
  return missingIn(await cluster.get<SecretObject>("secret", name, namespace), keys);
}

/** What is read of a Secret. */
interface SecretObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface MissingKeys {
  readonly exists: boolean;
  readonly missing: readonly string[];
}

/** The same of a Secret that was read, or was not there. An empty value is missing too. */
export const missingIn = (secret: SecretObject | undefined, keys: readonly string[]): MissingKeys => ({
  exists: secret !== undefined,
  missing: keys.filter((key) => !secret?.data?.[key]),
});
