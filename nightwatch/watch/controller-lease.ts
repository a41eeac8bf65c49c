import { ApiException, CoordinationV1Api, type KubeConfig } from "@kubernetes/client-node";
import { CONTROLLER_LEASE } from "../../runs/controller-lease.ts";

/** Reads the lease of the Argo controllers. */
export class ControllerLease {
  private readonly leases: CoordinationV1Api;

  constructor(config: KubeConfig) {
    this.leases = config.makeApiClient(CoordinationV1Api);
  }

  /** When it was last renewed, milliseconds; undefined where no controller has ever led. */
  async renewed(): Promise<number | undefined> {
    try {
      const { spec } = await this.leases.readNamespacedLease(CONTROLLER_LEASE);
      return spec?.renewTime?.getTime();
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) {
        return undefined;
      }
      throw error;
    }
  }
}
