import { CA_OVERRIDE, checkKubeconfig } from "../../constructs/checks/check-kubeconfig.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Problem } from "../../constructs/definition/problem.ts";

/** Before anything has ended. */
const ANY_DAY = 0;

/**
 * The deployment's check as it is without the farm's override: the definition's own certificate authority counts. When
 * that ends does not: the proof holds for all customers, and must not fail on the day on which one authority expires.
 */
export function checkAsDeployed(text: string, definition: CustomerDefinition): readonly Problem[] {
  const override = process.env[CA_OVERRIDE];
  delete process.env[CA_OVERRIDE];
  try {
    return checkKubeconfig(text, definition, "kubeconfig", ANY_DAY);
  } finally {
    if (override !== undefined) {
      process.env[CA_OVERRIDE] = override;
    }
  }
}
