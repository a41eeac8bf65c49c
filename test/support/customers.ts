import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { customerNames, loadCustomer } from "../../constructs/definition/customer-files.ts";

/** The definitions of all files in customers/: a new file is tested without naming it here. */
export const customers: readonly CustomerDefinition[] = await Promise.all(
  customerNames().map((name) => loadCustomer(name)),
);
