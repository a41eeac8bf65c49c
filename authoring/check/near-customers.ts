import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkCollisions } from "../../constructs/checks/check-collisions.ts";
import { checkCustomer } from "../../constructs/checks/check-customer.ts";
import { addressesOf } from "../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { customerNames, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { type Problem, UserError } from "../../constructs/definition/problem.ts";

/** Collisions with other customers. Their files are searched as text, and only those that may collide are loaded. */
export async function collisionsWithOthers(
  definition: CustomerDefinition,
  folder: string,
): Promise<readonly Problem[]> {
  const marks = marksOf(definition);
  const near = customerNames(folder).filter((name) => {
    const texts =
      name === definition.name ? [] : [`${name}.ts`, `${name}.pem`].map((file) => textOf(join(folder, file)));
    return marks.some((mark) => texts.some((text) => text.includes(mark)));
  });
  const problems: Problem[] = [];
  for (const name of near) {
    const other = await soundCustomer(name, folder);
    problems.push(...(other === undefined ? [] : checkCollisions(definition, other)));
  }
  return problems;
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Texts at least one of which is in every colliding file. */
function marksOf({ cluster }: CustomerDefinition): readonly string[] {
  const lines = cluster.ca.split("\n").filter((line) => !line.startsWith("-----"));
  return [
    new URL(cluster.server).hostname,
    ...addressesOf(cluster),
    ...lines.map((line) => line.trim()).filter((line) => line.length > 40),
  ];
}

/** A broken file of another customer is left to its own check. */
async function soundCustomer(name: string, folder: string): Promise<CustomerDefinition | undefined> {
  try {
    const definition = await loadCustomer(name, folder);
    return checkCustomer(definition).length === 0 ? definition : undefined;
  } catch (error) {
    if (error instanceof UserError) {
      return undefined;
    }
    throw error;
  }
}
