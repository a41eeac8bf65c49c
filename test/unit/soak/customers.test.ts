import { lstatSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { customerNames, loadCustomer } from "../../../constructs/definition/customer-files.ts";

const FOLDER = fileURLToPath(new URL("../../soak/customers", import.meta.url));

test("every customer of the suite can be deployed", async () => {
  const names = customerNames(FOLDER);
  const loaded = await Promise.all(names.map((name) => loadCustomer(name, FOLDER)));
  expect(loaded.map(({ name }) => name)).toEqual(names);
  expect(names).not.toEqual([]);
});

test("they are links: a copy would fall behind its file, and lacks the files beside it", () => {
  const copies = customerNames(FOLDER).filter((name) => !lstatSync(join(FOLDER, `${name}.ts`)).isSymbolicLink());
  expect(copies).toEqual([]);
});
