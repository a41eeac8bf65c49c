import { lstatSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { customerNames, loadCustomer } from "../../constructs/definition/customer-files.ts";

const folder = (suite: string): string => fileURLToPath(new URL(`../${suite}/customers`, import.meta.url));

test.each(["chaos", "soak"])("every customer of the %s suite can be deployed", async (suite) => {
  const names = customerNames(folder(suite));

  const loaded = await Promise.all(names.map((name) => loadCustomer(name, folder(suite))));

  expect(loaded.map(({ name }) => name)).toEqual(names);
  expect(names).not.toEqual([]);
});

test("the soak's customers are links: a copy would fall behind its file, and lacks what lies beside that", () => {
  const copies = customerNames(folder("soak")).filter(
    (name) => !lstatSync(join(folder("soak"), `${name}.ts`)).isSymbolicLink(),
  );

  expect(copies).toEqual([]);
});
