import { join } from "node:path";
import { loadFarmCustomer } from "./customers.ts";
import type { FarmPaths } from "./paths.ts";
import type { FarmCustomer } from "./plan.ts";
import { quote } from "./sandbox-script.ts";

/**
 * Variables with which kubectl, cdk8s, Pulumi and the tests work on the farm; with a customer's name also those with
 * which its stack is deployed.
 */
export async function farmEnvironment(paths: FarmPaths, customer?: string): Promise<Readonly<Record<string, string>>> {
  const farm = {
    NIGHTLANE_FARM: paths.root,
    NIGHTLANE_IMAGES: paths.images,
    KUBECONFIG: paths.centralKubeconfig,
  };
  return customer === undefined ? farm : { ...farm, ...customerEnvironment(paths, await loadFarmCustomer(customer)) };
}

/** Variables that a customer's deployment reads its credentials and the farm's certificate authority from. */
export function customerEnvironment(paths: FarmPaths, customer: FarmCustomer): Readonly<Record<string, string>> {
  const folder = paths.customer(customer.name);
  const files = customer.credentials.flatMap(({ file, variable }) =>
    variable === undefined ? [] : [[variable, join(folder.root, file)] as const],
  );
  return { NIGHTLANE_CUSTOMER_CA_FILE: folder.authority, ...Object.fromEntries(files) };
}

/** Lines for a shell to evaluate. */
export function exportLines(variables: Readonly<Record<string, string>>, programs: readonly string[]): string {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [...lines, `export PATH=${programs.map(quote).join(":")}:"$PATH"`].join("\n");
}
