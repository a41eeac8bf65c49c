import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type CustomerDefinition, isCustomerDefinition } from "../constructs/customer-definition.ts";
import { repositoryRoot } from "./paths.ts";
import type { FarmCustomer } from "./plan.ts";
import { FarmError } from "./tools/errors.ts";

const customersFolder = join(repositoryRoot, "customers");

/** Every customer file of the repository, by name. */
export async function loadFarmCustomers(): Promise<readonly FarmCustomer[]> {
  const files = existsSync(customersFolder) ? await readdir(customersFolder) : [];
  const names = files.filter((file) => file.endsWith(".ts")).map((file) => basename(file, ".ts"));
  return Promise.all(names.sort().map(loadFarmCustomer));
}

/** One customer file. @throws FarmError if there is no such file, or if it declares no customer */
export async function loadFarmCustomer(name: string): Promise<FarmCustomer> {
  const file = join(customersFolder, `${name}.ts`);
  if (!existsSync(file)) {
    throw new FarmError(
      `There is no customers/${name}.ts.\nCreate it first (docs/add-a-customer.md), then add its cluster.`,
    );
  }
  const module: { readonly default?: unknown } = await import(pathToFileURL(file).href);
  if (!isCustomerDefinition(module.default)) {
    throw new FarmError(
      `customers/${name}.ts declares no customer.\nIts default export must be defineCustomer({ ... }).`,
    );
  }
  return fromDefinition(module.default);
}

function fromDefinition({ name, cluster, credentials }: CustomerDefinition): FarmCustomer {
  return {
    name,
    server: cluster.server,
    address: cluster.address,
    namespace: cluster.namespace,
    tokens: Object.keys(credentials).filter((credential) => credential !== "kubeconfig"),
  };
}
