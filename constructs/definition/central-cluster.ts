/** What lanes must know about their central cluster. Source: `central.json`. */
export interface CentralCluster {
  /** The API server's own endpoints: the executor reports results there; lanes may reach nothing else. */
  readonly apiServer: {
    /** One address, or those of all its machines: `centralAddresses` returns them as a list. */
    readonly address: string | readonly string[];
    readonly port: number;
  };
  /** Addresses of pods, CIDR. */
  readonly podRange: string;
  /** Addresses of Services, CIDR. */
  readonly serviceRange: string;
  /** Addresses of nodes, CIDR. */
  readonly nodeRange: string;
  /** Whether Argo CD is installed in its namespace `argocd`: only then may customers have `apps`. */
  readonly argoCd: boolean;
  /**
   * Who signs the tokens of its service accounts, for customers whose API servers trust it: `federated()`.
   * @default - none, and each customer has a kubeconfig
   */
  readonly issuer?: TokenIssuer;
  /**
   * Where notifications are sent as plain JSON: the host and port in the webhook's URL, and the addresses behind it, since
   * there is no DNS on the way. The URL itself is a secret: docs/operate.md.
   * @default - nobody is notified
   */
  readonly webhook?: { readonly host: string; readonly addresses: readonly string[]; readonly port: number };
  /**
   * Replicas of the Alertmanager that nightwatch notifies, where no Prometheus does: all of them, since they share what
   * was notified but not which alerts are open.
   * @default - none
   */
  readonly alertmanagers?: readonly Alertmanager[];
  /**
   * Address of the runbook, `docs/operate.md`, as people on call open it.
   * @default RUNBOOK
   */
  readonly runbook?: string;
  /**
   * Who collects metrics.
   * @default - nothing may
   */
  readonly monitoring?: Monitoring;
}

/** The addresses of the central API server's machines: at least one, in the order of `central.json`. */
export function centralAddresses({ apiServer: { address } }: Pick<CentralCluster, "apiServer">): readonly string[] {
  return typeof address === "string" ? [address] : address;
}

/** The issuer of the central cluster's service account tokens, as customers' API servers find it. */
export interface TokenIssuer {
  /**
   * Its address, https: `--service-account-issuer` of the central API server. Below it, `.well-known/openid-configuration`
   * and the keys that it names can be read by anybody. No customer's cluster has the same.
   * @example "https://tokens.vendor.example"
   */
  readonly url: string;
  /**
   * Certificate authority of the server there, PEM.
   * @default - the public ones that the customer's API server trusts
   */
  readonly ca?: string;
}

/** One replica of an Alertmanager, outside the cluster or in it. */
export type Alertmanager = {
  /** Its base address: `https://alerts.vendor.example:9093/prefix`. For pods, with their port. */
  readonly url: string;
} & (
  | {
      /** IPv4 addresses behind the host in the address: there is no DNS on the way. */
      readonly addresses: readonly string[];
    }
  | {
      /** Namespace of its pods, where it runs in this cluster: then the cluster's DNS finds it. */
      readonly namespace: string;
    }
);

/** The cluster's monitoring. */
export interface Monitoring {
  /**
   * Namespace of the pods that may read the metrics of nightwatch and of Argo's controller. Admission policies leave it
   * out: it is not a lane.
   */
  readonly namespace: string;
  /**
   * Whether the cluster serves the kinds of a Prometheus operator. Then the platform gets a ServiceMonitor, a PodMonitor
   * and a PrometheusRule with the alerts of all customers' nights and of the platform itself.
   * @default false
   */
  readonly prometheusOperator?: boolean;
}

/** Namespace of the Argo controller. */
export const ARGO_NAMESPACE = "argo";

/** Namespace of the platform's own components. */
export const SYSTEM_NAMESPACE = "nightlane-system";
