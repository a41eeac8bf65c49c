import { describe, expect, test } from "vitest";
import { checkCustomer } from "../../../../constructs/checks/check-customer.ts";
import { asDefinition } from "../../../../constructs/definition/customer-definition.ts";
import { decode } from "../../../../constructs/evaluation/decode.ts";
import { encode } from "../../../../constructs/evaluation/encode.ts";
import { Size } from "../../../../constructs/index.ts";
import { synthesize } from "../../../../constructs/synthesize.ts";
import { customers } from "../../../support/customers.ts";
import { SeededRandom } from "../../../support/random.ts";

/** What leaves one world and enters another. */
function travelled(value: unknown): unknown {
  return decode(JSON.parse(JSON.stringify(encode(value))));
}

describe("decode", () => {
  test.each(customers.map((customer) => [customer.name, customer] as const))("gives %s as it was", (name, customer) => {
    const again = asDefinition(travelled(customer));
    expect(synthesize(again, name)).toEqual(synthesize(customer, name));
  });

  test("keeps one object one, and a circle a circle", () => {
    const shared = { x: 1 };
    const circle: unknown[] = [shared, shared];
    circle.push(circle);
    const [first, second, itself] = travelled(circle) as unknown[];
    expect(first).toBe(second);
    expect((itself as unknown[])[0]).toBe(first);
  });

  test("keeps what JSON cannot say apart", () => {
    const [nothing, none, infinite, size] = travelled([
      undefined,
      Number.NaN,
      -Infinity,
      Size.gibibytes(1.5),
    ]) as unknown[];
    expect([nothing, none, infinite]).toEqual([undefined, Number.NaN, -Infinity]);
    expect((size as Size).toMebibytes()).toBe(1536);
  });

  test("sets no prototype", () => {
    const value = decode({
      root: { object: 0 },
      objects: [{ fields: [["__proto__", { object: 1 }]] }, { fields: [["x", 1]] }],
    });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test.each([null, 1, "x", [], {}, { root: { object: 7 }, objects: [] }, { root: 1, objects: "x" }])(
    "makes of %j something that the checks refuse",
    (encoded) => {
      expect(checkCustomer(asDefinition(decode(encoded)))).not.toEqual([]);
    },
  );

  test("whatever a file hands back, the checks end with problems and never with an error", () => {
    const [customer] = customers;
    const random = new SeededRandom(20261128);
    const odd = [
      null,
      7,
      "x",
      [],
      {},
      { object: 0 },
      { object: 3 },
      { kind: "function" },
      { list: [] },
      { size: "1Gi" },
      { milliseconds: -1 },
    ];
    const sound = JSON.stringify(encode(customer));
    for (let round = 0; round < 500; round += 1) {
      const encoded = JSON.parse(sound) as { objects: Record<string, unknown>[] };
      const place = random.pick(encoded.objects);
      const key = random.pick(Object.keys(place));
      const value = place[key];
      if (Array.isArray(value) && value.length > 0 && random.next() < 0.8) {
        const index = random.below(value.length);
        value[index] = Array.isArray(value[index])
          ? [random.pick(["x", value[index][0]]), random.pick(odd)]
          : random.pick(odd);
      } else {
        place[key] = random.pick(odd);
      }
      expect(Array.isArray(checkCustomer(asDefinition(decode(encoded))))).toBe(true);
    }
  });
});
