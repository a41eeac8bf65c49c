import type { CustomObjectsApi } from "@kubernetes/client-node";
import { ifAny } from "../../api/api-error.ts";
import { CONTROLLER_LEASE } from "../../runs/controller-lease.ts";

const LEASES = { group: "coordination.k8s.io", version: "v1", plural: "leases" } as const;

/**
 * When the leader of the Argo controllers last renewed its lease, milliseconds; undefined if there was never one.
 * @param objects Returns the lease as it is, unlike the client's typed API, whose time type is wrong.
 */
export async function controllerRenewed(objects: CustomObjectsApi): Promise<number | undefined> {
  const lease: { readonly spec?: { readonly renewTime?: string } } | undefined = await ifAny(
    objects.getNamespacedCustomObject({ ...LEASES, ...CONTROLLER_LEASE }),
  );
  const renewed = Date.parse(lease?.spec?.renewTime ?? "");
  return Number.isNaN(renewed) ? undefined : renewed;
}
