import { checkKubeconfig } from "../../constructs/checks/check-kubeconfig.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Problem } from "../../constructs/definition/problem.ts";

/** Variable by which the farm puts other certificate authorities in the place of those of the definitions. */
const CA_OVERRIDE = "NIGHTLANE_CUSTOMER_CA_FILE";

/** The deployment's check as it is without the farm's override: the definition's own certificate authority counts. */
export function checkAsDeployed(text: string, definition: CustomerDefinition): readonly Problem[] {
  const override = process.env[CA_OVERRIDE];
  delete process.env[CA_OVERRIDE];
  try {
    return checkKubeconfig(text, definition);
  } finally {
    if (override !== undefined) {
      process.env[CA_OVERRIDE] = override;
    }
  }
}
