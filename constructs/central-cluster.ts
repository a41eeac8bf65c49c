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
  /**
   * Where notifications are sent: the host in the webhook's URL, and its address, since there is no DNS on the way. The URL
   * itself is a secret: docs/operate.md.
   * @default - nobody is notified
   */
  readonly webhook?: { readonly host: string; readonly address: string; readonly port: number };
  /**
   * Who collects metrics.
   * @default - nobody may
   */
  readonly monitoring?: Monitoring;
}

/** The cluster's monitoring. */
export interface Monitoring {
  /** Namespace of the pods that may read nightwatch's metrics. Admission policies leave it out: it is no lane. */
  readonly namespace: string;
  /**
   * Whether the cluster serves the kinds of a Prometheus operator. Then each customer's lane gets its alerts as a
   * PrometheusRule, and the platform a ServiceMonitor and alerts of its own.
   * @default false
   */
  readonly prometheusOperator?: boolean;
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
