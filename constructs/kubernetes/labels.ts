import type { ApiObjectMetadata } from "cdk8s";
import { CUSTOMER_LABEL } from "../../runs/run-record.ts";

/** Metadata of an object of a customer: an explicit name, and labels for people and dashboards. */
export function customerMetadata(customer: string, name: string, extra: ApiObjectMetadata = {}): ApiObjectMetadata {
  return {
    ...extra,
    name,
    labels: { "app.kubernetes.io/managed-by": "nightlane", [CUSTOMER_LABEL]: customer, ...extra.labels },
  };
}

/** Metadata of an object of the platform itself. */
export function platformMetadata(name: string, namespace?: string): ApiObjectMetadata {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { "app.kubernetes.io/managed-by": "nightlane" },
  };
}
