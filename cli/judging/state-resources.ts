import { UNKNOWN } from "../../policy/manifest/unknown";

/** A resource in Pulumi's state, its inputs opened: encrypted ones are UNKNOWN. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What a state holds. */
export interface State {
  readonly resources: readonly StateResource[];
  /** Texts that were secret, where the state was exported in clear: nobody shows them. */
  readonly secrets: readonly string[];
}

/** Marks a value that is not plain JSON, and the kind of a secret (pulumi sdk/go/common/resource/sig/sig.go). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretKind = "1b47061264138c4ac30d75fd1eb44270";
/** Stands where a value was not known when the state was written (pulumi sdk/go/common/resource/plugin/rpc.go). */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A file that is a state, but not one that can be read. */
export class StateError extends Error {}

/** The state in an exported stack or a checkpoint file; undefined when the text is something else. Throws a StateError with all that is wrong. */
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
  const managed = (resources as Record<string, unknown>[]).filter(
    (one) => one.delete !== true && one.external !== true,
  );
  return {
    resources: managed.map(({ type, urn, inputs }) => ({
      type: String(type),
      name: String(urn).split("::").at(-1) ?? String(urn),
      inputs: isMap(inputs) ? (opened(inputs, secrets) as Record<string, unknown>) : {},
    })),
    secrets: [...secrets],
  };
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

/** A value without the wrappings of the state. What only its key or a deployment could tell is UNKNOWN. */
function opened(value: unknown, secrets: Set<string>): unknown {
  if (value === unknownText) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item) => opened(item, secrets));
  if (!isMap(value)) return value;
  if (!(signatureKey in value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item, secrets)]));
  if (value[signatureKey] !== secretKind || typeof value.plaintext !== "string") return UNKNOWN;
  try {
    const plain = opened(JSON.parse(value.plaintext), secrets);
    for (const text of texts(plain)) secrets.add(text);
    return plain;
  } catch {
    return UNKNOWN;
  }
}

/** Texts in a value that are long enough to be told from words that anybody writes. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return value.length > 3 ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(texts);
}
