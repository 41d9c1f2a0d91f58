/** Ends of connections as a chart's `networkPolicy.destinations` declare them: what the judged matrix is expected to hold. */
import { address, type End, pod } from "./cluster";
import type { Labels } from "./judge";

/** One entry of the values: a port, its protocols and whom. */
export interface Destination {
  readonly port: number;
  /** @default ["TCP"] */
  readonly protocols?: readonly string[];
  readonly peers: readonly {
    readonly namespaceSelector?: { readonly matchLabels?: Labels };
    readonly podSelector?: { readonly matchLabels?: Labels };
    readonly ipBlock?: { readonly cidr: string };
  }[];
}

/** An end that is declared, and the lines that lead to it. */
interface Declared {
  readonly end: End;
  /** `<end> <protocol> <port>` */
  readonly lines: readonly string[];
}

/** A pod or an address for each peer of each destination, named after the destination; a peer of any namespace stands in `elsewhere`. */
export function declaredEnds(
  destinations: Readonly<Record<string, Destination>>,
  own: string,
  elsewhere = "elsewhere",
): Declared[] {
  return Object.entries(destinations).flatMap(([name, { port, protocols = ["TCP"], peers }]) =>
    peers.map(({ namespaceSelector, podSelector, ipBlock }, index) => {
      const title = `destination/${name}${index === 0 ? "" : `-${index + 1}`}`;
      const lines = protocols.map((protocol) => `${title} ${protocol} ${port}`);
      if (ipBlock !== undefined) return { end: address(title, inside(ipBlock.cidr)), lines };
      const { "kubernetes.io/metadata.name": named, ...namespaceLabels } = namespaceSelector?.matchLabels ?? {};
      const namespace = named ?? (namespaceSelector === undefined ? own : elsewhere);
      return { end: pod(title, namespace, podSelector?.matchLabels ?? {}, { namespaceLabels }), lines };
    }),
  );
}

/** An address of a block; of the whole world, one that stands for examples (RFC 5737, RFC 3849). */
function inside(cidr: string): string {
  if (cidr === "0.0.0.0/0") return "203.0.113.80";
  if (cidr === "::/0") return "2001:db8::80";
  return cidr.replace(/\/.*$/, "");
}
