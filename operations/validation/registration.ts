import * as pulumi from "@pulumi/pulumi";

/** A request of the program to register a resource, as the SDK sends it to the engine. */
export interface Registration {
  /** `<type> <name>`, by which other requests refer to it. */
  readonly resource: string;
  /** Inputs with `(secret)` in place of encrypted values. */
  readonly inputs: unknown;
  /** Everything else that is not at its default, under the request's own names: parent, dependencies, protect, deletedwith, … */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Fields that are left out: the SDK's version and features, the source position of a resource, and fields derived from the inputs. */
const ofTheSdk = new Set([
  ...["version", "plugindownloadurl", "pluginchecksumsMap", "packageref"],
  ...["sourceposition", "stacktrace", "parentstacktracehandle"],
  ...["acceptsecrets", "acceptresources", "acceptsByteString"],
  ...["supportspartialvalues", "supportsresultreporting", "aliasspecs"],
  ...["propertydependenciesMap"],
]);
const elsewhere = new Set(["type", "name", "object"]);

/** Pulumi's signature of a secret value. */
const secretMark = pulumi.runtime.specialSigKey;

/** `urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>`, for a provider with `::<id>` behind it. */
const urn = /^urn:pulumi:[^:]+::[^:]+::(?:[^$]+\$)*([^$]+?)::([^:]+)(?:::[^:]+)?$/;

/** A serialized value for display: secrets masked, URNs as `<type> <name>`. */
export function shown(value: unknown): unknown {
  if (typeof value === "string") return value.replace(urn, "$1 $2");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(shown);
  if (secretMark in value) return "(secret)";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}

const isDefault = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? Object.values(value).every(isDefault) : !value;

interface Request {
  toObject(): Record<string, unknown> & { readonly type: string; readonly name: string };
  getObject(): { toJavaScript(): unknown } | undefined;
}

function registration(request: Request): Registration {
  const all = request.toObject();
  const options = Object.entries(all)
    .filter(([key, value]) => !ofTheSdk.has(key) && !elsewhere.has(key) && !isDefault(value))
    .map(([key, value]) => [key.replace(/(List|Map)$/, ""), sorted(shown(value))]);
  return {
    resource: `${all.type} ${all.name}`,
    inputs: shown(request.getObject()?.toJavaScript() ?? {}),
    options: Object.fromEntries(options),
  };
}

/** Sorts lists of names: their order in the SDK depends on the resolution of promises. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value) && value.every((one) => typeof one === "string") ? [...value].sort() : value;

/** Calls `seen` for every later request of the program. Pulumi's mocks must be set: they show inputs, but no options. */
export function watchRegistrations(seen: (one: Registration) => void): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: Request, ...rest: unknown[]): unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    seen(registration(request));
    return register(request, ...rest);
  };
}
