import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type CustomerDefinition, isCustomerDefinition } from "./customer-definition.ts";
import { ProblemsError, received, UserError } from "./problem.ts";

/** Folder of the customer files; NIGHTLANE_CUSTOMERS names another one, for the customers of a test. */
export const CUSTOMERS_FOLDER = resolve(
  process.env.NIGHTLANE_CUSTOMERS || fileURLToPath(new URL("../../customers", import.meta.url)),
);

/** Names of all customers, from the files' names alone: no file is loaded. */
export function customerNames(folder = CUSTOMERS_FOLDER): readonly string[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => basename(file, ".ts"))
    .sort();
  const clash = names.find(
    (name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== index,
  );
  if (clash !== undefined) {
    throw new UserError(
      `customers/${clash}.ts: another file differs from it only in case\n    rule: one file per customer, on every file system\n    mend: remove one of the two`,
    );
  }
  return names;
}

/** Name of a customer's file as it is shown to people. */
export function customerFile(name: string): string {
  return `customers/${name}.ts`;
}

async function importFile(name: string, file: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) {
      throw error;
    }
    const line = new RegExp(`${name}\\.ts:(\\d+)`).exec(error.stack ?? "")?.[1];
    const place = line === undefined ? customerFile(name) : `${customerFile(name)}:${line}`;
    throw new UserError(
      `${place}: received ${error.message}\n    rule: a customer file loads without an error\n    mend: correct it; node_modules/.bin/tsc --noEmit says more`,
      { cause: error },
    );
  }
}

/**
 * Loads one customer's file, and only that: the cost does not depend on how many there are.
 * @throws UserError for an unknown name or a file that is no customer definition.
 */
export async function loadCustomer(name: string, folder = CUSTOMERS_FOLDER): Promise<CustomerDefinition> {
  const file = join(folder, `${name}.ts`);
  if (!/^[\w-]+$/.test(name) || !existsSync(file)) {
    const known = customerNames(folder);
    throw new UserError(
      `unknown customer ${received(name)}\n    rule: a customer is a file customers/<name>.ts\n    mend: use one of ${known.join(", ") || "(none yet)"}, or write customers/${name}.ts`,
    );
  }
  const { default: definition } = await importFile(name, file);
  if (!isCustomerDefinition(definition)) {
    throw new UserError(
      `${customerFile(name)}: received ${definition === undefined ? "no default export" : "a default export that defineCustomer did not make"}\n    rule: a customer file's default export is its definition\n    mend: write \`export default defineCustomer({ ... })\``,
    );
  }
  if (definition.name !== name) {
    throw new ProblemsError(customerFile(name), [
      {
        property: "name",
        received: received(definition.name),
        rule: "the same as the file's name, so that no two files can declare one customer",
        mend: `write ${received(name)}, or rename the file to ${customerFile(definition.name)}`,
      },
    ]);
  }
  return definition;
}
