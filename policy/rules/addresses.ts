/** How much of all addresses blocks of them cover together. Pure, never throws. */
import { isIPv4, isIPv6 } from "node:net";

/** Addresses from the first on to before the last. */
type Span = readonly [from: bigint, to: bigint];

/** A block of addresses without its exceptions, as an ipBlock of a NetworkPolicy has it. */
export interface Block {
  readonly cidr: string;
  readonly except: readonly string[];
}

const families = [
  { bits: 32, isOf: isIPv4, numberOf: numberOf4, own: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] },
  { bits: 128, isOf: isIPv6, numberOf: numberOf6, own: ["fc00::/7"] },
] as const;

type Family = (typeof families)[number];

/** The networks clusters and their neighbours are in: private addresses (RFC 1918), unique local ones (RFC 4193). */
export const privateNetworks: readonly string[] = families.flatMap(({ own }) => own);

/** Whether blocks together are as good as every address: more than half of those of IPv4 or of IPv6, with at least half of a private network among them. */
export const isEveryone = (blocks: readonly Block[]): boolean => families.some((family) => isMost(blocks, family));

function isMost(blocks: readonly Block[], family: Family): boolean {
  const covered = union(
    blocks.flatMap(({ cidr, except }) => {
      const span = spanOf(cidr, family);
      return span === undefined ? [] : without(span, union(spansOf(except, family)));
    }),
  );
  const size = covered.reduce((sum, [from, to]) => sum + (to - from), 0n);
  if (size * 2n <= 1n << BigInt(family.bits)) return false;
  // One address of a private network is a host that is allowed beside the internet.
  return spansOf(family.own, family).some(([from, to]) => {
    const shared = covered.reduce((sum, one) => sum + larger(0n, smaller(to, one[1]) - larger(from, one[0])), 0n);
    return shared * 2n >= to - from;
  });
}

const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);
const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/** Whether a text is a block of addresses. One that is none here may be one to an older API server: `00.0.0.0/0`. */
export const isBlock = (cidr: string): boolean => families.some((family) => spanOf(cidr, family) !== undefined);

const spansOf = (cidrs: readonly string[], family: Family): Span[] =>
  cidrs.map((cidr) => spanOf(cidr, family)).filter((span) => span !== undefined);

function spanOf(cidr: string, { bits, isOf, numberOf }: Family): Span | undefined {
  const [address = "", length = ""] = cidr.split("/");
  if (!isOf(address) || address.includes("%") || !/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(length));
  const from = (numberOf(address) / size) * size;
  return [from, from + size];
}

/** The same addresses in spans that do not meet, in order. */
function union(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const [from, to] of spans.toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const last = found.at(-1);
    if (last === undefined || last[1] < from) found.push([from, to]);
    else if (last[1] < to) found[found.length - 1] = [last[0], to];
  }
  return found;
}

/** What of a span is left without others, which are in order. */
function without([first, end]: Span, others: readonly Span[]): Span[] {
  const found: Span[] = [];
  let from = first;
  for (const [start, after] of others) {
    if (start > from && start < end) found.push([from, start]);
    if (after > from) from = after;
    if (from >= end) return found;
  }
  return [...found, [from, end]];
}

function numberOf4(address: string): bigint {
  return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function numberOf6(address: string): bigint {
  const at = address.lastIndexOf(":") + 1;
  const low = isIPv4(address.slice(at)) ? numberOf4(address.slice(at)) : undefined;
  const hex =
    low === undefined ? address : `${address.slice(0, at)}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  const [head = "", tail] = hex.split("::");
  const [front, back] = [head, tail ?? ""].map((part) => part.split(":").filter((word) => word !== ""));
  const zeros = tail === undefined ? 0 : 8 - (front?.length ?? 0) - (back?.length ?? 0);
  const words = [...(front ?? []), ...Array.from({ length: zeros }, () => "0"), ...(back ?? [])];
  return words.reduce((sum, word) => sum * 65_536n + BigInt(`0x${word}`), 0n);
}
