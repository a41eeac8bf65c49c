import { createHash } from "node:crypto";
import { AuthenticationV1Api, type KubeConfig } from "@kubernetes/client-node";
import { laneNamespace, SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { PAGE_AUDIENCE, PAGE_SERVICE_ACCOUNT } from "../../runs/page-pass.ts";
import { customerOf } from "../lane.ts";

/** What somebody may see. */
export interface Viewer {
  readonly sees: (customer: string) => boolean;
}

/** Whom passes belong to, for as long as what the API server said of them is taken to hold. */
const KEPT_MILLISECONDS = 60_000;
const MOST_KEPT = 1000;

/** The command asks for ten minutes; an API server may give no less than it is set to. */
const MOST_SECONDS = 3600;

/** What a pass opens: everything, one customer, or nothing. */
type Opened = "all" | { readonly customer: string } | undefined;

/**
 * Tells by passes what their bearer may see. A pass is a token of a service account that may do nothing, for this page
 * alone: whoever may ask the API server for one of a lane's account sees this lane, and of the platform's, all. No
 * credential that is worth anything comes here.
 */
export class Viewers {
  private readonly authentication: AuthenticationV1Api;
  private readonly kept = new Map<string, { readonly opened: Opened; readonly at: number }>();

  constructor(config: KubeConfig) {
    this.authentication = config.makeApiClient(AuthenticationV1Api);
  }

  /** @returns what the bearer of the passes may see; undefined where none of them is good */
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
    // Whoever asks for a pass says how long it holds: one that outlives a right to look is none.
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
  const customer = customerOf(namespace);
  return customer !== undefined && laneNamespace(customer) === namespace ? { customer } : undefined;
}

/** How long a token that the API server takes holds from its beginning to its end, seconds. */
function secondsOf(token: string): number {
  const claims: { readonly exp?: number; readonly iat?: number } = JSON.parse(
    Buffer.from(token.split(".")[1] ?? "", "base64url").toString(),
  );
  return (claims.exp ?? Number.POSITIVE_INFINITY) - (claims.iat ?? 0);
}
