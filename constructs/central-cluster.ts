import central from "../central.json" with { type: "json" };

/** What lanes must know of the central cluster they live in. Source: `central.json`. */
export interface CentralCluster {
  /** The API server's own endpoint: the executor reports results there, and nothing else may be reached. */
  readonly apiServer: { readonly address: string; readonly port: number };
  /** Addresses of pods, CIDR. */
  readonly podRange: string;
  /** Addresses of Services, CIDR. */
  readonly serviceRange: string;
  /** Addresses of nodes, CIDR. */
  readonly nodeRange: string;
  /** Whether Argo CD is installed in its namespace `argocd`: only then may customers have `apps`. */
  readonly argoCd: boolean;
}

export const centralCluster: CentralCluster = central;

/** Namespace of the Argo controller. */
export const ARGO_NAMESPACE = "argo";

/** Namespace of the platform's own components. */
export const SYSTEM_NAMESPACE = "nightlane-system";

/** Namespace of one customer's lane in the central cluster. */
export function laneNamespace(customer: string): string {
  return `customer-${customer}`;
}
