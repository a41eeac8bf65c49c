import { expect, test } from "vitest";
import { customerNames } from "../../../constructs/definition/customer-files.ts";
import { waves } from "../../../pipeline/waves.ts";

const NONE = { first: [], second: [] };
const MANY = Array.from({ length: 700 }, (_, index) => `bank-${String(index).padStart(3, "0")}`);

test("one, some, all others", () => {
  const [one, some, others] = waves(MANY.slice(0, 31), MANY, NONE);
  expect(one).toEqual(["bank-000"]);
  expect(some).toEqual(["bank-001", "bank-002", "bank-003"]);
  expect(others).toEqual(MANY.slice(4, 31));
});

test.each([0, 1, 2, 3, 31, 700])("of %i customers each is in exactly one wave, and none is empty", (count) => {
  const found = waves(MANY.slice(0, count), MANY, NONE);
  expect(found.flat()).toEqual(MANY.slice(0, count));
  expect(found.every((wave) => wave.length > 0)).toBe(true);
  // GitLab lets a job wait for fifty others.
  expect(found.slice(0, -1).every((wave) => wave.length <= 50)).toBe(true);
});

test("whom the settings name comes first, if the change touches them", () => {
  const settings = { first: ["bank-007", "bank-008"], second: ["bank-005"] };
  expect(waves(MANY.slice(0, 9), MANY, settings).slice(0, 2)).toEqual([["bank-007", "bank-008"], ["bank-005"]]);
  expect(waves(MANY.slice(0, 5), MANY, settings)[0]).toEqual(["bank-000"]);
});

test("whoever cannot be deployed holds nobody up once the settings name others for both waves", () => {
  const found = waves(MANY.slice(0, 31), MANY, { first: ["bank-007"], second: ["bank-008", "bank-009"] });
  expect(found.slice(0, 2)).toEqual([["bank-007"], ["bank-008", "bank-009"]]);
  expect(found[2]?.[0]).toBe("bank-000");
});

test("a name that is nobody's is refused", () => {
  expect(() => waves(MANY, MANY, { first: ["nobody"], second: [] })).toThrow(
    'pipeline/waves.json: received ["nobody"]\n    rule: the first two waves name customers, by their file',
  );
});

test.each([[{ first: ["bank-001"], second: ["bank-001"] }], [{ first: ["bank-001", "bank-001"], second: [] }]])(
  "a name that stands there twice is refused",
  (settings) => {
    expect(() => waves(MANY, MANY, settings)).toThrow(
      'pipeline/waves.json: received ["bank-001"] twice\n    rule: each customer is in one wave, and named once',
    );
  },
);

test("the settings in the checkout name customers", () => {
  expect(() => waves(customerNames(), customerNames())).not.toThrow();
});
