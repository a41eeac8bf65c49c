import { laneNamespace } from "../constructs/definition/central-cluster.ts";
import type { Central } from "./central.ts";
import { ExitCode, OpsError } from "./exit-code.ts";
import { unknownName } from "./unknown-name.ts";

/** A customer's lane. */
export interface Lane {
  readonly customer: string;
  readonly namespace: string;
  /** Whether the lane is gone, so that only its run records tell of it. @default false */
  readonly removed?: boolean;
}

/**
 * All lanes of the central cluster, by the customers' names. The cluster alone says which there are: the checkout that a
 * person happens to have may be older, or newer.
 */
export async function allLanes(central: Central): Promise<readonly Lane[]> {
  const customers = await central.customers();
  return [...customers].sort().map((customer) => ({ customer, namespace: laneNamespace(customer) }));
}

/** The lane of a customer. @throws OpsError notFound, with the names that may have been meant */
export async function laneOf(central: Central, customer: string): Promise<Lane> {
  const lanes = await allLanes(central);
  const lane = lanes.find((one) => one.customer === customer);
  if (lane === undefined) {
    const { fix } = unknownName(
      "customer",
      customer,
      lanes.map((one) => one.customer),
    );
    throw new OpsError(
      ExitCode.notFound,
      `there is no customer ${JSON.stringify(customer)} in the central cluster: the name is another one, or it was never deployed`,
      fix,
    );
  }
  return lane;
}

/** The lane of a customer, or what its records tell of it when the lane itself is gone. */
export async function laneOrPast(central: Central, customer: string): Promise<Lane> {
  try {
    return await laneOf(central, customer);
  } catch (error) {
    const known = error instanceof OpsError && error.code === ExitCode.notFound;
    if (known && (await central.runRecords.heads({ customer })).length > 0) {
      return { customer, namespace: laneNamespace(customer), removed: true };
    }
    throw error;
  }
}
