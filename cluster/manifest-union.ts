import { dump, loadAll, YAMLException } from "js-yaml";

/** Unions of Helm manifests. Pure. */

type Fields = Record<string, unknown>;

/** Merge keys of lists that Kubernetes merges by element (`patchMergeKey` in k8s.io/api); any other list is replaced as a whole. */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ["name"],
  initContainers: ["name"],
  ephemeralContainers: ["name"],
  env: ["name"],
  volumes: ["name"],
  volumeMounts: ["mountPath"],
  volumeDevices: ["devicePath"],
  ports: ["containerPort", "port"],
  imagePullSecrets: ["name"],
  secrets: ["name"],
  resourceClaims: ["name"],
  schedulingGates: ["name"],
  webhooks: ["name"],
  matchConditions: ["name"],
  hostAliases: ["ip"],
  topologySpreadConstraints: ["topologyKey"],
  ownerReferences: ["uid"],
};

/**
 * Every object and every field of two manifests, for Helm to compare an upgrade with: it removes what is in that manifest and not in
 * the new one, so only the presence of a field counts. Where both have a value, it is the newer one's. The newer text itself when the
 * older one adds nothing.
 */
export function manifestUnion(newer: string, older: string): string {
  const [known, before] = [documents(newer), documents(older)];
  // Helm takes an object that is there twice, and compares with the first.
  if (known === undefined || before === undefined) return newer.includes(older) ? newer : `${newer}\n---\n${older}`;
  const union = new Map(known.map((one) => [identityOf(one), one]));
  for (const one of before) {
    const identity = identityOf(one);
    const same = union.get(identity);
    union.set(identity, same === undefined ? one : both(same, one));
  }
  const merged = [...union.values()];
  if (JSON.stringify(merged) === JSON.stringify(known)) return newer;
  return merged.map((one) => `---\n${dump(one, { lineWidth: -1, noRefs: true })}`).join("");
}

/** Documents of a manifest that Helm has read before, a repeated key once, as there. Undefined for one that only Helm's reader of YAML takes. */
function documents(manifest: string): Fields[] | undefined {
  try {
    return loadAll(manifest, undefined, { json: true }).filter(isFields).flatMap(itemsOf);
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}

/** Objects of a list, which Helm takes one by one. */
const itemsOf = (one: Fields): Fields[] =>
  one.kind === "List" && Array.isArray(one.items) ? one.items.filter(isFields).flatMap(itemsOf) : [one];

/** By what Helm takes objects for the same; without a name, by its content. */
function identityOf(one: Fields): string {
  const { apiVersion, kind, metadata } = one;
  const { name, namespace = "" } = isFields(metadata) ? metadata : {};
  const [group, version] = String(apiVersion).split("/");
  return name === undefined
    ? JSON.stringify(one)
    : JSON.stringify([version === undefined ? "" : group, kind, namespace, name]);
}

function both(newer: Fields, older: Fields): Fields {
  const merged = { ...newer };
  for (const [key, value] of Object.entries(older)) {
    const own = merged[key];
    // Left to an autoscaler, the number of pods is its own: removed, the API server would make it one.
    if (key === "replicas" && own === undefined) continue;
    if (own === undefined || own === null) merged[key] = value;
    else if (isFields(own) && isFields(value)) merged[key] = both(own, value);
    else if (Array.isArray(own) && Array.isArray(value)) merged[key] = elements(key, own, value);
  }
  return merged;
}

function elements(field: string, newer: readonly unknown[], older: readonly unknown[]): unknown[] {
  if (field === "finalizers") return [...new Set([...newer, ...older])];
  const keys = mergeKeys[field];
  if (keys === undefined) return [...newer];
  const keyOf = (one: unknown): string => JSON.stringify(isFields(one) ? keys.map((key) => one[key]) : one);
  const rest = new Map(older.map((one) => [keyOf(one), one]));
  const merged = newer.map((one) => {
    const same = rest.get(keyOf(one));
    rest.delete(keyOf(one));
    return isFields(one) && isFields(same) ? both(one, same) : one;
  });
  return [...merged, ...rest.values()];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
