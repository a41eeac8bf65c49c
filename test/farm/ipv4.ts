/** An IPv4 address as a number, for comparing and counting. Throws on anything else. */
export function ipv4ToNumber(address: string): number {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    throw new RangeError(`${JSON.stringify(address)} is not an IPv4 address`);
  }
  return parts.reduce((number, part) => number * 256 + part, 0);
}

/** The dotted form of {@link ipv4ToNumber}. */
export function numberToIpv4(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

/** A range of addresses, for example "10.60.0.0/16". */
export class Ipv4Range {
  private readonly first: number;
  /** Length of the network part in bits. */
  readonly bits: number;

  constructor(private readonly text: string) {
    const [network = "", bits = ""] = text.split("/");
    this.bits = Number(bits);
    if (!/^\d+$/.test(bits) || this.bits > 32) {
      throw new RangeError(`${JSON.stringify(text)} is not an IPv4 range`);
    }
    const size = 2 ** (32 - this.bits);
    this.first = Math.floor(ipv4ToNumber(network) / size) * size;
  }

  /** Whether the address is in the range. */
  contains(address: string): boolean {
    const number = ipv4ToNumber(address);
    return number >= this.first && number < this.first + 2 ** (32 - this.bits);
  }

  /** The n-th address of the range, counted from its network address. */
  at(n: number): string {
    return numberToIpv4(this.first + n);
  }

  /** The two halves of the range. */
  halves(): readonly [Ipv4Range, Ipv4Range] {
    const bits = this.bits + 1;
    return [new Ipv4Range(`${this.at(0)}/${bits}`), new Ipv4Range(`${this.at(2 ** (32 - bits))}/${bits}`)];
  }

  toString(): string {
    return this.text;
  }
}
