import { child } from "../../policy/manifest/field-path";
import { UNKNOWN } from "../../policy/manifest/unknown";

/** A resource in Pulumi's state with its decoded inputs: encrypted ones are UNKNOWN. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Why an input is UNKNOWN, by its path. */
  readonly unread: ReadonlyMap<string, string>;
}

/** Content of a state. */
export interface State {
  readonly resources: readonly StateResource[];
  /** Values that are secret, where the state was exported with `--show-secrets`: they are redacted in every output. */
  readonly secrets: readonly string[];
}

/** Marks a value that is not plain JSON, and the kinds of such values (pulumi sdk/go/common/resource/sig/sig.go). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretKind = "1b47061264138c4ac30d75fd1eb44270";
const assetKind = "c44067f5952c0a294b673a41bacd8c17";
const archiveKind = "0def7320c3a5731c473e5ecbe6d01bc7";
/** Placeholder for a value that was unknown when the state was written (pulumi sdk/go/common/resource/plugin/rpc.go). */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Error of a state that cannot be read. */
export class StateError extends Error {}

/** The state in an exported stack or a checkpoint file; undefined when the text is something else. Throws a StateError with every error. */
export function readState(text: string): State | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const deployment = deploymentOf(text);
  if (deployment === undefined) return undefined;
  const { resources = [] } = deployment;
  if (!Array.isArray(resources)) throw new StateError("resources of the state must be a list");
  const wrong = resources.flatMap((one, index) =>
    isMap(one) && typeof one.type === "string" && typeof one.urn === "string" ? [] : [`resources[${index}]`],
  );
  if (wrong.length > 0) throw new StateError(`${wrong.join(", ")} of the state must be a map with type and urn`);
  const secrets = new Set<string>();
  // A component is no object; its children are in the state too.
  const managed = (resources as Record<string, unknown>[]).filter(
    (one) => one.delete !== true && one.external !== true && one.custom !== false,
  );
  const read = managed.map(({ type, urn, inputs }): StateResource => {
    const unread = new Map<string, string>();
    const name = String(urn).split("::").at(-1) ?? String(urn);
    const known = isMap(inputs) ? (opened(inputs, "", { secrets, unread }) as Record<string, unknown>) : {};
    return { type: String(type), name, inputs: known, unread };
  });
  return { resources: read, secrets: [...secrets] };
}

function deploymentOf(text: string): Record<string, unknown> | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
  if (!isMap(document) || "kind" in document) return undefined;
  const { deployment, checkpoint } = document;
  const found = isMap(checkpoint) ? checkpoint.latest : deployment;
  return isMap(found) ? found : undefined;
}

/** Information collected while the values of a state are decoded. */
interface Learnt {
  readonly secrets: Set<string>;
  readonly unread: Map<string, string>;
}

/** A value without the state's wrappers. What is encrypted, in another file or not known before a deployment is UNKNOWN. */
function opened(value: unknown, path: string, learnt: Learnt): unknown {
  const unread = (why: string): unknown => {
    learnt.unread.set(path, why);
    return UNKNOWN;
  };
  if (value === unknownText) return unread("not known when the state was written");
  if (Array.isArray(value)) return value.map((item, index) => opened(item, child(path, index), learnt));
  if (!isMap(value)) return value;
  const kind = value[signatureKey];
  if (kind === undefined)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, opened(item, child(path, key), learnt)]),
    );
  if (kind === assetKind && typeof value.text === "string") return value.text;
  if (kind === assetKind || kind === archiveKind)
    return unread(fileOf(value, kind === assetKind ? "a file" : "an archive"));
  if (kind !== secretKind) return unread("a value of a kind that a state does not hold");
  if (typeof value.plaintext !== "string") return unread(encrypted);
  try {
    const plain = opened(JSON.parse(value.plaintext), path, learnt);
    for (const text of texts(plain)) learnt.secrets.add(text);
    return plain;
  } catch {
    return unread("a secret that is no JSON");
  }
}

const encrypted = "encrypted in this state; `pulumi stack export --show-secrets` writes it in clear";

/** An external asset or archive (pulumi sdk/go/common/resource/asset, archive): a state has only its hash and its source. */
function fileOf({ path, uri }: Record<string, unknown>, what: string): string {
  const place = typeof path === "string" && path !== "" ? path : typeof uri === "string" ? addressOf(uri) : "";
  const from = place === "" ? "" : `, ${place}`;
  const values =
    place === "" ? "" : `; values are evaluated with the chart: hardened check <chart folder> --values ${place}`;
  return `${what} given as an asset${from}, whose content is not in the state${what === "a file" ? values : ""}`;
}

/** A URL without credentials, query and fragment. */
function addressOf(uri: string): string {
  if (!URL.canParse(uri)) return "an address";
  const { protocol, host, pathname } = new URL(uri);
  return `${protocol}//${host}${pathname}`;
}

/** Why the value at a path, or a parent of it, is UNKNOWN; undefined when it is known. */
export function whyUnread(unread: StateResource["unread"], field: string): string | undefined {
  for (let path = field; path !== ""; path = path.slice(0, Math.max(path.lastIndexOf("."), path.lastIndexOf("["), 0))) {
    const why = unread.get(path);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Strings in a value that are long enough not to be common words. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return value.length > 3 ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(texts);
}
