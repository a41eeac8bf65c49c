import { ARGOCD_SERVICE_ACCOUNT } from "../../constructs/customer-side/argo-cd-identity.ts";
import { NIGHTLANE_SERVICE_ACCOUNT } from "../../constructs/customer-side/customer-side.ts";
import { firstAddress } from "../../constructs/definition/api-server.ts";
import { APPS_KUBECONFIG } from "../../constructs/definition/credential-reference.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { customerNames, loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { FarmCredential, FarmCustomer } from "./plan.ts";

/** The service accounts of a customer's cluster whose kubeconfigs are handed out, by the credential they become. */
const ACCOUNTS = [
  ["kubeconfig", NIGHTLANE_SERVICE_ACCOUNT],
  [APPS_KUBECONFIG, ARGOCD_SERVICE_ACCOUNT],
] as const;

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
    address: firstAddress(cluster),
    namespace: cluster.namespace,
    credentials: ACCOUNTS.flatMap(([credential, account]): readonly FarmCredential[] => {
      const reference = credentials[credential];
      if (reference === undefined) {
        return [];
      }
      const variable = reference.kind === "gitlabFile" ? { variable: reference.variable } : {};
      return [{ file: `${account}.kubeconfig`, account, ...variable }];
    }),
  };
}
