import { isIP } from "node:net";
import { type Endpoint, endpointIn, unreachable } from "../destinations";
import { internetPeers } from "../schema";
import type { Destinations } from "../workload-schema";
import type { Settings } from "./service-config";

/** Egress destinations of mailroom's pods: the servers that its configuration names, and those that it adds. */

/** The keys of mailroom's configuration that decide its destinations. */
export interface Reach {
  readonly namespace: string;
  readonly mailServer: boolean;
  readonly config: Settings;
  readonly networkPolicy: { readonly destinations: Destinations };
}

const endpoints = ["jmap_url", "carddav_url"] as const;

/** An address itself, or any public address for a name: NetworkPolicies know no names. */
const destinationOf = ({ host, port }: Endpoint): Destinations[string] => {
  const family = isIP(host);
  return { port, peers: family === 0 ? internetPeers : [{ ipBlock: { cidr: `${host}/${family === 4 ? 32 : 128}` } }] };
};

/** Destinations of the two endpoints, equal ones once, and those of the configuration. */
export function destinationsOf({ config, mailServer, networkPolicy }: Reach): Destinations {
  if (mailServer) return networkPolicy.destinations;
  const derived = endpoints.flatMap((key): [string, Destinations[string]][] => {
    // What is no address is refused by its own type; zod asks this one all the same.
    const endpoint = endpointIn(config.fastmail?.[key] ?? "https://api.fastmail.com");
    return endpoint === undefined ? [] : [[key, destinationOf(endpoint)]];
  });
  const [first, second] = derived.map(([, one]) => JSON.stringify(one));
  return { ...Object.fromEntries(first === second ? derived.slice(1) : derived), ...networkPolicy.destinations };
}

/** Errors of endpoints that no destination leads to, by the key of the endpoint. */
export const unreachableEndpoints = (reach: Reach): { readonly key: string; readonly problem: string }[] =>
  (reach.mailServer ? [] : endpoints).flatMap((key) => {
    const problem = unreachable(reach.config.fastmail?.[key] ?? "", destinationsOf(reach), reach.namespace);
    return problem === undefined ? [] : [{ key, problem }];
  });
