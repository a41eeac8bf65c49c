import { ApiException, type CustomObjectsApi } from "@kubernetes/client-node";
import { CONTROLLER_LEASE } from "../../runs/controller-lease.ts";

const LEASES = { group: "coordination.k8s.io", version: "v1", plural: "leases" } as const;

/**
 * When the leader of the Argo controllers last renewed its lease, milliseconds; undefined where none has ever led.
 * @param objects Takes the lease as it is: the client's own type of its time is not what it gives.
 */
export async function controllerRenewed(objects: CustomObjectsApi): Promise<number | undefined> {
  try {
    const lease: { readonly spec?: { readonly renewTime?: string } } = await objects.getNamespacedCustomObject({
      ...LEASES,
      ...CONTROLLER_LEASE,
    });
    const renewed = Date.parse(lease.spec?.renewTime ?? "");
    return Number.isNaN(renewed) ? undefined : renewed;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) {
      return undefined;
    }
    throw error;
  }
}
