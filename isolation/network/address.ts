import { isIPv4, isIPv6 } from "node:net";

/** Addresses from `first` to `last`, both included. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** The range of a CIDR (`10.60.0.0/16`) or of a single address, or undefined if it is neither. */
export function parseRange(cidr: string): AddressRange | undefined {
  const [address = "", prefix, ...rest] = cidr.split("/");
  if (rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) {
    return undefined;
  }
  const parsed = parseAddress(address);
  if (parsed === undefined) {
    return undefined;
  }
  const bits = parsed.family === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) {
    return undefined;
  }
  const hostBits = BigInt(bits - length);
  const first = (parsed.value >> hostBits) << hostBits;
  return unmap({ family: parsed.family, first, last: first + (1n << hostBits) - 1n });
}

function parseAddress(address: string): { readonly family: 4 | 6; readonly value: bigint } | undefined {
  if (isIPv4(address)) {
    return { family: 4, value: address.split(".").reduce((value, octet) => (value << 8n) + BigInt(octet), 0n) };
  }
  return isIPv6(address) ? { family: 6, value: ipv6Value(address) } : undefined;
}

function ipv6Value(address: string): bigint {
  // An embedded IPv4 address stands for the last two groups.
  const plain = address.replace(/%.*$/, "").replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...octets: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = octets.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = "", tail] = plain.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  const all = tail === undefined ? left : [...left, ...zeros, ...right];
  return all.reduce((value, group) => (value << 16n) + BigInt(`0x${group}`), 0n);
}

const MAPPED_FIRST = 0xffff_0000_0000n;

/** IPv4 addresses written as IPv6 (`::ffff:10.0.0.1`) are IPv4 addresses. */
function unmap(range: AddressRange): AddressRange {
  if (range.family === 6 && range.first >= MAPPED_FIRST && range.last <= MAPPED_FIRST + 0xffff_ffffn) {
    return { family: 4, first: range.first - MAPPED_FIRST, last: range.last - MAPPED_FIRST };
  }
  return range;
}

/** Whether two ranges share an address. */
export function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Whether two ranges are the same addresses. */
export function sameRange(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first === b.first && a.last === b.last;
}

/** What is left of `range` without `holes`, in order. */
export function subtract(range: AddressRange, holes: readonly AddressRange[]): readonly AddressRange[] {
  let rest: AddressRange[] = [range];
  for (const hole of holes) {
    rest = rest.flatMap((part) => {
      if (!overlap(part, hole)) {
        return [part];
      }
      const before = { ...part, last: hole.first - 1n };
      const after = { ...part, first: hole.last + 1n };
      return [before, after].filter((piece) => piece.first <= piece.last);
    });
  }
  return rest;
}

/** Ranges that cannot be a cluster: the node itself, its metadata service, and what is not a single host. */
export const RESERVED_RANGES: readonly { readonly name: string; readonly range: AddressRange }[] = [
  ["loopback", "127.0.0.0/8"],
  ["loopback", "::1/128"],
  ["link-local, where nodes serve cloud metadata", "169.254.0.0/16"],
  ["link-local", "fe80::/10"],
  ["cloud metadata", "fd00:ec2::254/128"],
  ["unspecified", "0.0.0.0/8"],
  ["unspecified", "::/128"],
  ["multicast", "224.0.0.0/4"],
  ["multicast", "ff00::/8"],
  ["reserved", "240.0.0.0/4"],
  ["site-local", "fec0::/10"],
  ["IPv4 addresses within IPv6", "::/96"],
  ["IPv4 addresses within IPv6", "::ffff:0:0:0/96"],
  ["IPv4 addresses within IPv6", "64:ff9b::/96"],
  ["IPv4 addresses within IPv6", "64:ff9b:1::/48"],
  ["IPv4 addresses within IPv6", "2001::/32"],
  ["IPv4 addresses within IPv6", "2002::/16"],
].map(([name = "", cidr = ""]) => ({ name, range: knownRange(cidr) }));

/**
 * The range of a CIDR that is known to be one.
 * @throws Error if it is not.
 */
export function knownRange(cidr: string): AddressRange {
  const range = parseRange(cidr);
  if (range === undefined) {
    throw new Error(`not an address range: ${cidr}`);
  }
  return range;
}
