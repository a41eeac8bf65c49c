import { existsSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { customers } from "../support/customers.ts";
import { describeCustomer } from "./describe-customer.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

describe("customers", () => {
  // A new customer's snapshot is written by `npm test -- test/customers` and committed with its file; where CI is set, vitest writes none.
  test.each(customers.map((customer) => [customer.name, customer] as const))(
    "%s is as reviewed",
    async (name, customer) => {
      const file = `${folder}${name}.snap`;
      const written = process.env.CI === undefined || existsSync(file);
      expect(
        written,
        `test/customers/${name}.snap is missing: run \`npm test -- test/customers\` and commit it with customers/${name}.ts`,
      ).toBe(true);
      await expect(
        describeCustomer(customer),
        `customers/${name}.ts is not what was reviewed; where that is meant: npm test -- test/customers -t "${name} is as reviewed" --update`,
      ).toMatchFileSnapshot(file);
    },
  );

  test("no snapshot is left of a customer that is gone", () => {
    const snapshots = readdirSync(folder).filter((file) => file.endsWith(".snap"));
    const names = customers.map(({ name }) => name);
    expect(snapshots.filter((file) => !names.includes(basename(file, ".snap")))).toEqual([]);
  });
});
