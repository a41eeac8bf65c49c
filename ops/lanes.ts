import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { laneNamespace } from "../constructs/central-cluster.ts";
import { ExitCode, OpsError } from "./exit-code.ts";
import { nearNames } from "./near.ts";

/** Folder whose files are the customers. Nothing of it is loaded: their names are all that is needed. */
const CUSTOMERS_FOLDER = fileURLToPath(new URL("../customers", import.meta.url));

/** A customer's lane. */
export interface Lane {
  readonly customer: string;
  readonly namespace: string;
}

/** All lanes, by the names of the customer files: no right to list namespaces is needed. */
export function allLanes(folder = CUSTOMERS_FOLDER): readonly Lane[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort()
    .map((customer) => ({ customer, namespace: laneNamespace(customer) }));
}

/** The lane of a customer. @throws OpsError notFound, with the names that may have been meant */
export function laneOf(customer: string, folder = CUSTOMERS_FOLDER): Lane {
  const lanes = allLanes(folder);
  const lane = lanes.find((one) => one.customer === customer);
  if (lane === undefined) {
    const names = lanes.map((one) => one.customer);
    throw unknownName("customer", customer, names);
  }
  return lane;
}

/** The error for a name that is none, with the near ones, or all of them where none is near. */
export function unknownName(what: string, typed: string, known: readonly string[]): OpsError {
  const near = nearNames(typed, known);
  const listed = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known: ${known.join(", ") || "none"}`;
  return new OpsError(ExitCode.notFound, `there is no ${what} ${JSON.stringify(typed)}`, listed);
}
