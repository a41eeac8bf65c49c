import { describe, expect, test } from "vitest";
import { Ipv4Range, ipv4ToNumber, numberToIpv4 } from "../../farm/ipv4.ts";

describe("addresses", () => {
  test("convert both ways, up to the last one", () => {
    for (const address of ["0.0.0.0", "10.64.0.10", "255.255.255.255"]) {
      expect(numberToIpv4(ipv4ToNumber(address))).toBe(address);
    }
  });

  test.each(["10.64.0", "10.64.0.256", "k8s.example", ""])("%j is refused", (text) => {
    expect(() => ipv4ToNumber(text)).toThrow("is not an IPv4 address");
  });
});

describe("Ipv4Range", () => {
  test("contains its first and last address and no neighbour", () => {
    const range = new Ipv4Range("10.60.0.0/16");
    expect(["10.60.0.0", "10.60.255.255"].map((address) => range.contains(address))).toEqual([true, true]);
    expect(["10.59.255.255", "10.61.0.0"].map((address) => range.contains(address))).toEqual([false, false]);
  });

  test("counts from its network address, whatever address names it", () => {
    expect(new Ipv4Range("10.64.0.77/24").at(1)).toBe("10.64.0.1");
  });

  test.each(["10.60.0.0", "10.60.0.0/33", "10.60.0.0/x"])("%j is refused", (text) => {
    expect(() => new Ipv4Range(text)).toThrow(RangeError);
  });
});
