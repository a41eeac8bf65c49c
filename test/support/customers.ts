import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { customerNames, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { UserError } from "../../constructs/definition/problem.ts";

/** The definitions of all files in customers/: a new file is tested without naming it here. */
export const customers: readonly CustomerDefinition[] = await loadAll();

/** Ends with the mistakes of all files, as the commands report them. */
async function loadAll(): Promise<readonly CustomerDefinition[]> {
  const loaded = await Promise.allSettled(customerNames().map((name) => loadCustomer(name)));
  const failed = loaded.filter((one) => one.status === "rejected").map(({ reason }): unknown => reason);
  const defect = failed.find((reason) => !(reason instanceof UserError));
  if (defect !== undefined) {
    throw defect;
  }
  if (failed.length > 0) {
    const mistakes = new UserError(
      failed.map((reason) => (reason instanceof UserError ? reason.message : "")).join("\n\n"),
    );
    // The place in the tests that reads a file says nothing about what is wrong in it.
    mistakes.stack = mistakes.message;
    throw mistakes;
  }
  return loaded.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}
