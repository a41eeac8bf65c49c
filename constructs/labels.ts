import type { ApiObjectMetadata } from "cdk8s";

/** Label that names the customer on every object of a lane. Policies never rest on it: labels can be changed. */
export const CUSTOMER_LABEL = "nightlane/customer";

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
