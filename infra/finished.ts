import { CA_OVERRIDE } from "../constructs/checks/check-kubeconfig.ts";
import { stillToReplace } from "../constructs/checks/still-to-replace.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { ProblemsError } from "../constructs/definition/problem.ts";

/**
 * Refuses to deploy a customer of which something is still an example, or whose authority is not valid today. The farm
 * deploys it: it gives a cluster whatever address is declared, and an authority of its own.
 * @param source The text of its file.
 * @throws ProblemsError before anything is registered
 */
export function requireFinished(definition: CustomerDefinition, file: string, source: string): void {
  const problems = process.env[CA_OVERRIDE] === undefined ? stillToReplace(definition, source) : [];
  if (problems.length > 0) {
    throw new ProblemsError(file, problems);
  }
}
