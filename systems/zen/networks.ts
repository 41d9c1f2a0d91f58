/** Validation of the networks in a NetworkPolicy of zen: which are too wide to count as enforced egress, and which are local to a node. Pure. */
import type { ProfileName } from "./profiles";

const decimal = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}\/(0|[1-9]\d?)$/;
const hex = "[0-9a-f]{1,4}(:[0-9a-f]{1,4})*";
const colons = new RegExp(`^((${hex})?::(${hex})?|[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7})/(0|[1-9]\\d{0,2})$`);
/** NAT64 prefix of IPv4 addresses: 64:ff9b::/96. */
const nat64 = `6:${"0000000001100100" + "1111111110011011"}${"0".repeat(64)}`;

const binary = (number: number, digits: number): string => number.toString(2).padStart(digits, "0");

/** The prefix of a network's bits; undefined where there are bits set beyond it, which Kubernetes refuses. */
const prefixOf = (bits: string, length: number): string | undefined =>
  length > bits.length || bits.slice(length).includes("1") ? undefined : bits.slice(0, length);

/** Family and prefix of a network as bits, such as `4:00001010` of 10.0.0.0/8; undefined when it is none. An address of IPv4 by NAT64 is that address. */
export function bitsOf(cidr: string): string | undefined {
  const [address = "", length = ""] = cidr.split("/");
  if (decimal.test(cidr)) {
    const bits = address.split(".").map((octet) => binary(Number(octet), 8));
    const prefix = bits.every(({ length: digits }) => digits === 8)
      ? prefixOf(bits.join(""), Number(length))
      : undefined;
    return prefix === undefined ? undefined : `4:${prefix}`;
  }
  if (!colons.test(cidr)) return undefined;
  const [left = [], right = []] = address.split("::").map((half) => half.split(":").filter(Boolean));
  const missing = 8 - left.length - right.length;
  if (address.includes("::") ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array<string>(missing).fill("0"), ...right];
  const whole = groups.map((group) => binary(Number.parseInt(group, 16), 16)).join("");
  const prefix = prefixOf(whole, Number(length));
  if (prefix === undefined) return undefined;
  const bits = `6:${prefix}`;
  return bits.startsWith(nat64) ? `4:${bits.slice(nat64.length)}` : bits;
}

/** Rules for addresses that the chart's templates and the configuration share. */
export const networks = {
  /** Profiles that enforce egress. */
  profiles: ["gitops", "aws"] satisfies ProfileName[],
  /** Shortest allowed prefix by family: of IPv4 the size of a VPC, of IPv6 that of a provider. */
  least: { "4": 16, "6": 32 },
  /** Networks that no entry may overlap, each with its bits. */
  refused: (
    [
      { cidr: "0.0.0.0/8", what: "addresses without a host" },
      { cidr: "127.0.0.0/8", what: "loopback" },
      { cidr: "169.254.0.0/16", what: "link-local: the node, and the metadata of the cloud" },
      { cidr: "224.0.0.0/3", what: "multicast and reserved" },
      { cidr: "::/32", what: "loopback, and addresses of IPv4 in another form" },
      { cidr: "64:ff9b::/95", what: "all of IPv4 by NAT64" },
      { cidr: "100.100.100.200/32", what: "the metadata of the cloud" },
      { cidr: "168.63.129.16/32", what: "the metadata of the cloud" },
      { cidr: "64:ff9b:1::/48", what: "addresses of IPv4 by a NAT64 of one's own" },
      { cidr: "2002::/16", what: "addresses of IPv4 by 6to4" },
      { cidr: "fd00:ec2::254/128", what: "the metadata of the cloud" },
      { cidr: "fd20:ce::254/128", what: "the metadata of the cloud" },
      { cidr: "fe80::/10", what: "link-local: the node" },
      { cidr: "ff00::/8", what: "multicast" },
    ] as const
  ).map((one) => ({ ...one, bits: bitsOf(one.cidr) as string })),
};

/** Whether a profile enforces egress. */
export const enforces = (profile: ProfileName): boolean => (networks.profiles as readonly string[]).includes(profile);

/** Errors in a list of networks, each by its index. `reached`: the peer they belong to, for the message. `enforced`: whether wide and reserved networks are refused. */
export function networkMistakes(key: string, cidrs: readonly string[], reached: string, enforced: boolean): string[] {
  return cidrs.flatMap((cidr, index) => {
    const wrong = networkMistake(cidr, reached, enforced);
    return wrong === undefined ? [] : [`${key}[${index}]: ${cidr} ${wrong}`];
  });
}

function networkMistake(cidr: string, reached: string, enforced: boolean): string | undefined {
  const bits = bitsOf(cidr);
  if (bits === undefined)
    return "is no network, or has bits set beyond its length; write an address with its length, such as 203.0.113.10/32";
  if (!enforced) return undefined;
  const least = networks.least[bits.slice(0, 1) as "4"];
  if (bits.length - 2 < least)
    return `is wider than /${least}, which is no enforced NetworkPolicy (SOC2 CC6.7); name the addresses of ${reached}, several where there are several, such as 203.0.113.10/32`;
  const part = networks.refused.find((one) => bits.startsWith(one.bits) || one.bits.startsWith(bits));
  return part && `holds a part of ${part.cidr} (${part.what}), where ${reached} is not (SOC2 CC6.7); take it out`;
}
