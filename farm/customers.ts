import type { CustomerDefinition } from "../constructs/customer-definition.ts";
import { customerNames, loadCustomer } from "../infra/customer-files.ts";
import type { FarmCredential, FarmCustomer } from "./plan.ts";

/** Every customer file of the repository, in the order of their names. */
export async function loadFarmCustomers(): Promise<readonly FarmCustomer[]> {
  return Promise.all(customerNames().map(loadFarmCustomer));
}

/** One customer file. @throws UserError if there is no such file, or if it declares no customer */
export async function loadFarmCustomer(name: string): Promise<FarmCustomer> {
  return fromDefinition(await loadCustomer(name));
}

function fromDefinition({ name, cluster, credentials }: CustomerDefinition): FarmCustomer {
  return {
    name,
    server: cluster.server,
    address: cluster.address,
    namespace: cluster.namespace,
    credentials: Object.entries(credentials).map(([credential, reference]): FarmCredential => {
      const file = credential === "kubeconfig" ? "nightlane.kubeconfig" : tokenFile(credential);
      return reference.kind === "gitlabFile" ? { file, variable: reference.variable } : { file };
    }),
  };
}

/** File of a named token: "marketDataToken" lies in "market-data.token". */
export function tokenFile(credential: string): string {
  const words = credential.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
  return `${words.replace(/-token$/, "")}.token`;
}
