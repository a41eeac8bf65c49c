import { createHash } from "node:crypto";
import { AuthenticationV1Api, type KubeConfig } from "@kubernetes/client-node";
import { apiClient } from "../../api/api-client.ts";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { customerOfLane } from "../../runs/lane-namespace.ts";
import { PAGE_AUDIENCE, PAGE_SERVICE_ACCOUNT } from "../../runs/page-pass.ts";

/** What a viewer may see. */
export interface Viewer {
  readonly sees: (customer: string) => boolean;
}

/** How long, and for how many passes, the API server's reviews are cached. */
const KEPT_MILLISECONDS = 60_000;
const MOST_KEPT = 1000;

/** The command asks for ten minutes; an API server may be configured to give no less than some longer time. */
const MOST_SECONDS = 3600;

/** What a pass opens: everything, one customer, or nothing. */
type Opened = "all" | { readonly customer: string } | undefined;

/**
 * Finds out from passes what their bearer may see. A pass is a token, for this page alone, of a service account that
 * may do nothing: a person who may request a token of a lane's account sees that lane, and of the platform's account,
 * all lanes. No credential of any value is sent here.
 */
export class Viewers {
  private readonly authentication: AuthenticationV1Api;
  private readonly kept = new Map<string, { readonly opened: Opened; readonly at: number }>();

  constructor(config: KubeConfig) {
    this.authentication = apiClient(config, AuthenticationV1Api);
  }

  /** @returns what the bearer of the passes may see; undefined if none is valid */
  async viewer(passes: readonly string[]): Promise<Viewer | undefined> {
    const opened = (await Promise.all(passes.map((pass) => this.opened(pass)))).filter((one) => one !== undefined);
    if (opened.length === 0) {
      return undefined;
    }
    const customers = new Set(opened.flatMap((one) => (one === "all" ? [] : [one.customer])));
    const all = opened.includes("all");
    return { sees: (customer) => all || customers.has(customer) };
  }

  private async opened(pass: string): Promise<Opened> {
    const key = createHash("sha256").update(pass).digest("base64");
    const known = this.kept.get(key);
    if (known !== undefined && Date.now() - known.at < KEPT_MILLISECONDS) {
      return known.opened;
    }
    const opened = await this.review(pass);
    if (this.kept.size >= MOST_KEPT) {
      this.kept.clear();
    }
    this.kept.set(key, { opened, at: Date.now() });
    return opened;
  }

  private async review(pass: string): Promise<Opened> {
    const { status } = await this.authentication.createTokenReview({
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenReview",
        spec: { token: pass, audiences: [PAGE_AUDIENCE] },
      },
    });
    if (status?.authenticated !== true || status.audiences?.includes(PAGE_AUDIENCE) !== true) {
      return undefined;
    }
    // The requester chooses a pass's lifetime: one that may outlive the right to look is refused.
    return secondsOf(pass) > MOST_SECONDS ? undefined : openedBy(status.user?.username ?? "");
  }
}

/** @param user `system:serviceaccount:<namespace>:<name>`. */
function openedBy(user: string): Opened {
  const [, namespace = "", name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  if (name !== PAGE_SERVICE_ACCOUNT) {
    return undefined;
  }
  if (namespace === SYSTEM_NAMESPACE) {
    return "all";
  }
  const customer = customerOfLane(namespace);
  return customer === undefined ? undefined : { customer };
}

/** Lifetime of a token, seconds. */
function secondsOf(token: string): number {
  const claims: { readonly exp?: number; readonly iat?: number } = JSON.parse(
    Buffer.from(token.split(".")[1] ?? "", "base64url").toString(),
  );
  return (claims.exp ?? Number.POSITIVE_INFINITY) - (claims.iat ?? 0);
}
