import type { StackConfig } from "../../config/stack-schema";
import { UserError } from "../../process/user-error";
import { enabledSystems } from "../../systems/registry";

/** Location of a service, from the command line. */
export interface Scope {
  readonly system?: string;
  readonly service?: string;
  readonly namespace?: string;
}

/** Namespaces of the systems a stack enables, by system. */
const namespacesBySystem = (config: StackConfig): ReadonlyMap<string, readonly string[]> =>
  new Map(
    enabledSystems(config).map(({ system, config: own }) => [
      system.name,
      [...new Set(system.requires(own).map(({ namespace }) => namespace))],
    ]),
  );

/**
 * The namespace of a service and all namespaces of its system. A namespace given directly is the only one. Throws a UserError that lists
 * the candidates when the location is ambiguous.
 */
export function placesOf(
  config: StackConfig,
  { system, namespace }: Scope,
): { namespace: string; namespaces: readonly string[] } {
  const known = namespacesBySystem(config);
  const list = [...known].map(([name, spaces]) => `${name} (${spaces.join(", ")})`).join("; ") || "none";
  if (system !== undefined && !known.has(system))
    throw new UserError(`stack ${config.stack} has no system "${system}"; it has: ${list}`, 2);
  if (namespace !== undefined) return { namespace, namespaces: (system && known.get(system)) || [namespace] };
  const spaces = system === undefined ? [...known.values()].flat() : (known.get(system) ?? []);
  const [only] = new Set(spaces);
  if (only === undefined || new Set(spaces).size > 1)
    throw new UserError(`--system and --namespace must say where; stack ${config.stack} has: ${list}`, 2);
  return { namespace: only, namespaces: [only] };
}
