import { BlockList, isIPv4 } from "node:net";

/** Addresses of the node itself, and those of no single machine. */
const UNUSABLE = { ipv4: new BlockList(), ipv6: new BlockList() };

for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 3],
] as const) {
  UNUSABLE.ipv4.addSubnet(network, bits, "ipv4");
}

/** IPv4 addresses in IPv6 form: they lead to another address, which is not compared with the others. */
const IPV4_IN_IPV6 = new BlockList();

for (const [network, bits] of [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["::ffff:0:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
] as const) {
  IPV4_IN_IPV6.addSubnet(network, bits, "ipv6");
}

for (const [network, bits] of [
  ["::", 127],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  UNUSABLE.ipv6.addSubnet(network, bits, "ipv6");
}

/** Why no server can be declared at an IP address, as a rule, or undefined where one can. */
export function addressRule(address: string): string | undefined {
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  if (UNUSABLE[family].check(address, family)) {
    return "not a loopback, link-local, site-local, multicast or unspecified address: that would be the central node itself";
  }
  if (family === "ipv6" && IPV4_IN_IPV6.check(address, family)) {
    return "a plain IPv4 address, not within an IPv6 one: it is compared as written with ranges and other customers' addresses";
  }
  return undefined;
}

/** Whether an address is in an IPv4 range. */
export function liesIn(address: string, range: string): boolean {
  const [network = "", bits] = range.split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(bits));
  return list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}
