import { parse, stringify } from "yaml";
import { NIGHTLANE_SERVICE_ACCOUNT } from "../../constructs/customer-side/customer-side.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import type { Finding } from "../../infra/preflight/finding.ts";
import { preflight } from "../../infra/preflight/preflight.ts";
import { type ApiServer, startApiServer } from "../farm/api-server.ts";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { until } from "../farm/wait.ts";
import { TemporaryFolder } from "./support.ts";

/** Our namespace in the customer's cluster. */
export const NAMESPACE = "risk";

/**
 * A customer's cluster with faults planted in it one by one. It has no nodes, so that no pod starts; what a cluster
 * refuses before that, and what a kubelet says of an image in its place, is what preflight must find.
 */
export class LookedAt {
  private constructor(
    private readonly folder: TemporaryFolder,
    private readonly server: ApiServer,
    private readonly kubectlPath: string,
    readonly definition: CustomerDefinition,
    private readonly customerSide: readonly Manifest[],
    /** What our identity has. */
    readonly kubeconfig: string,
  ) {}

  static async start(): Promise<LookedAt> {
    const folder = new TemporaryFolder();
    const kubectlPath = (await ensureTools(["kubectl"], silentReporter)).kubectl;
    const server = await startApiServer({ dir: `${folder.path}/api-server` });
    const nordbank = await loadCustomer("nordbank");
    const { customerSide } = synthesize(nordbank, customerFile("nordbank"));
    const asAdmin = new LookedAt(folder, server, kubectlPath, nordbank, customerSide, "");
    const admin = parse(await asAdmin.kubectl("config", "view", "--raw"));
    const { server: url, "certificate-authority-data": data } = admin.clusters[0].cluster;
    const ca = Buffer.from(data, "base64").toString();
    const definition = { ...nordbank, cluster: { ...nordbank.cluster, server: url, address: "127.0.0.1", ca } };
    await asAdmin.apply();
    const token = await asAdmin.token("8760h");
    const kubeconfig = stringify({ ...admin, users: [{ ...admin.users[0], user: { token } }] });
    return new LookedAt(folder, server, kubectlPath, definition, customerSide, kubeconfig);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    this.folder.remove();
  }

  async kubectl(...args: readonly string[]): Promise<string> {
    const all = ["--kubeconfig", this.server.kubeconfig, ...args];
    return succeeded(await runCommand(this.kubectlPath, all, { cwd: "/", env: {} }));
  }

  /** A token of our identity. */
  async token(duration: string): Promise<string> {
    const create = ["create", "token", NIGHTLANE_SERVICE_ACCOUNT, "--namespace", NAMESPACE, "--duration", duration];
    return (await this.kubectl(...create)).trim();
  }

  /** Applies the customer's side as it should be. */
  async apply(): Promise<void> {
    const list = { apiVersion: "v1", kind: "List", items: this.customerSide };
    const file = this.folder.file("side.json", JSON.stringify(list));
    await until({ what: "the customer's side is applied", limitSeconds: 120 }, async () => {
      const args = ["--kubeconfig", this.server.kubeconfig, "apply", "--server-side", "--force-conflicts", "-f", file];
      return (await runCommand(this.kubectlPath, args, { cwd: "/", env: {} })).code === 0;
    });
  }

  /** Removes the claim, which no controller of a volume lets go of here. */
  async removeClaim(): Promise<void> {
    const claim = ["pvc", "results", "--namespace", NAMESPACE] as const;
    await this.kubectl("patch", ...claim, "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
    await this.kubectl("delete", ...claim);
  }

  async create(manifest: object): Promise<void> {
    await this.kubectl("create", "-f", this.folder.file("planted.json", JSON.stringify(manifest)));
  }

  /** What is to do, as `look: found -> who`. */
  async todo(
    changed: Partial<CustomerDefinition["cluster"]> = {},
    { config = this.kubeconfig, seconds }: { readonly config?: string; readonly seconds?: number } = {},
  ): Promise<readonly string[]> {
    const findings = await preflight(
      { ...this.definition, cluster: { ...this.definition.cluster, ...changed } },
      config,
      seconds === undefined ? undefined : { seconds, note: () => {} },
    );
    return findings.filter(({ todo: left }) => left !== undefined).map(said);
  }
}

/** A finding as its line. */
export function said({ look, found, todo: left }: Finding): string {
  return `${look}: ${found} -> ${left?.who}: ${left?.fix}`;
}
