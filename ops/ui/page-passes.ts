import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { PAGE_AUDIENCE, PAGE_SERVICE_ACCOUNT } from "../../runs/page-pass.ts";
import { type RequestOptions, Requests } from "../requests.ts";

/** Validity of a pass: the shortest that the API server grants. */
const GOOD_SECONDS = 600;
/** A pass is renewed this long before it ends. */
const MARGIN_MILLISECONDS = 120_000;

/**
 * Passes to nightwatch's page, requested from the API server with the operator's own kubeconfig, so that RBAC decides who
 * gets one. They open the page and nothing else.
 */
export class PagePasses {
  private readonly requests: Requests;
  private readonly core: CoreV1Api;
  private kept: { readonly passes: readonly string[]; readonly until: number } | undefined;

  /** @param customers Whose nights to look at; all if empty. */
  constructor(
    config: KubeConfig,
    private readonly customers: readonly string[],
    options: RequestOptions = {},
  ) {
    this.requests = new Requests(options);
    this.core = this.requests.client(config, CoreV1Api);
  }

  /** @throws OpsError refused, where the operator may not see this */
  async passes(): Promise<readonly string[]> {
    if (this.kept === undefined || Date.now() > this.kept.until) {
      const namespaces = this.customers.length === 0 ? [SYSTEM_NAMESPACE] : this.customers.map(laneNamespace);
      const passes = await Promise.all(namespaces.map((namespace) => this.pass(namespace)));
      this.kept = { passes, until: Date.now() + GOOD_SECONDS * 1000 - MARGIN_MILLISECONDS };
    }
    return this.kept.passes;
  }

  private async pass(namespace: string): Promise<string> {
    const body = { spec: { audiences: [PAGE_AUDIENCE], expirationSeconds: GOOD_SECONDS } };
    const request = { namespace, name: PAGE_SERVICE_ACCOUNT, body };
    const token = await this.requests.repeatable(`have a pass to the page of ${namespace}`, () =>
      this.core.createNamespacedServiceAccountToken(request),
    );
    return token.status?.token ?? "";
  }
}
