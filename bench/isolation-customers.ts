import type { CustomerDefinition } from "../constructs/index.ts";
import { loadCustomer } from "../infra/customer-files.ts";

/**
 * As many customers as asked for, all different: each with a name, an API server and an address of its own, and by turns
 * the nights of the two example customers.
 */
export async function generatedCustomers(count: number): Promise<readonly CustomerDefinition[]> {
  const examples = [await loadCustomer("nordbank"), await loadCustomer("alpenkredit")];
  return Array.from({ length: count }, (_, index) => {
    const example = examples[index % examples.length];
    if (example === undefined) {
      throw new Error("no example customer");
    }
    const name = `bank${String(index).padStart(4, "0")}`;
    return {
      ...example,
      name,
      displayName: `Bank ${index}`,
      cluster: {
        ...example.cluster,
        server: `https://k8s.${name}.example:6443`,
        // 10.70.0.10 and on: one network of 256 addresses for each customer.
        address: `10.${70 + Math.floor(index / 256)}.${index % 256}.10`,
      },
    };
  });
}
