import { type ChildProcess, spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import { ARGOCD_CONTROLLER, ARGOCD_NAMESPACE } from "../../constructs/apps/argo-cd.ts";
import { type ApiServer, startApiServer } from "../farm/api-server.ts";
import { type ArgoCdComponent, argoCdComponents } from "../farm/argo-cd/components.ts";
import { definitionFiles } from "../farm/argo-cd/definitions.ts";
import { GitServer } from "../farm/argo-cd/git-server.ts";
import { settingsObjects } from "../farm/argo-cd/settings.ts";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { renderKubeconfig } from "../farm/kubeconfig.ts";
import { Pki } from "../farm/pki.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { ensurePackages } from "../farm/tools/packages.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { until } from "../farm/wait.ts";
import { makePricingRepository } from "../support/pricing-repository.ts";
import { TemporaryFolder } from "./support.ts";

/** An address of the loopback network, on which the git server has port 443 to itself. */
const GIT_ADDRESS = "127.0.0.77";

/** Where an API server is, and the authority it is known by. */
export interface Endpoint {
  readonly server: string;
  readonly authorityPem: string;
}

/** A real Argo CD between two real API servers without nodes: the central one, and a customer's. */
export class ArgoCdCluster {
  private readonly children: ChildProcess[] = [];
  private git: GitServer | undefined;

  private constructor(
    private readonly folder: TemporaryFolder,
    private readonly central: ApiServer,
    private readonly customer: ApiServer,
    private readonly kubectl: string,
  ) {}

  /** Starts the two API servers. */
  static async start(): Promise<ArgoCdCluster> {
    await ensurePackages(["redis-server", "git"], silentReporter);
    const tools = await ensureTools(["kubectl", "argocd-manifests"], silentReporter);
    const folder = new TemporaryFolder();
    const central = await startApiServer({ dir: join(folder.path, "central") });
    const customer = await startApiServer({ dir: join(folder.path, "customer") });
    const cluster = new ArgoCdCluster(folder, central, customer, tools.kubectl);
    for (const file of definitionFiles(tools["argocd-manifests"])) {
      await cluster.onCentral("apply", "--server-side", "-f", file);
    }
    await cluster.onCentral("create", "namespace", ARGOCD_NAMESPACE);
    const served = { what: "Argo CD's kinds are served", limitSeconds: 120, everyMilliseconds: 500 };
    await until(served, async () => {
      const kinds = await cluster.onCentral("api-resources", "--api-group=argoproj.io", "-o", "name");
      return kinds.includes("appprojects") && kinds.includes("applications");
    });
    return cluster;
  }

  /** Starts Argo CD, and a git server for a host with one repository in one revision. */
  async startArgoCd(host: string, revision: string): Promise<void> {
    const folder = this.folder.path;
    const tools = await ensureTools(["argocd", "argocd-manifests", "helm"], silentReporter);
    makePricingRepository(join(folder, "git"), revision);
    const pki = await Pki.open(join(folder, "git-pki"), "git authority of the test");
    const certificate = await pki.certificate("git", { commonName: host, serverNames: [`DNS:${host}`] });
    this.git = await GitServer.start(join(folder, "git"), GIT_ADDRESS, certificate);
    await this.applyToCentral(await settingsObjects(tools["argocd-manifests"]));
    const token = await this.onCentral("-n", ARGOCD_NAMESPACE, "create", "token", ARGOCD_CONTROLLER, "--duration=10h");
    const kubeconfig = renderKubeconfig({
      cluster: "central",
      ...endpointOf(this.central.kubeconfig),
      user: ARGOCD_CONTROLLER,
      identity: { token: token.trim() },
      namespace: ARGOCD_NAMESPACE,
    });
    const components = await argoCdComponents({
      folder: join(folder, "argo-cd"),
      tools,
      kubeconfig: this.folder.file("argo-cd.kubeconfig", kubeconfig),
      redisPassword: "only-on-loopback-and-for-this-test",
      hosts: [`${GIT_ADDRESS} ${host}`],
      authorities: { [host]: readFileSync(pki.authority, "utf8") },
    });
    for (const component of components) {
      await this.startComponent(component);
    }
  }

  get customerEndpoint(): Endpoint {
    return endpointOf(this.customer.kubeconfig);
  }

  get centralEndpoint(): Endpoint {
    return endpointOf(this.central.kubeconfig);
  }

  async onCentral(...args: readonly string[]): Promise<string> {
    return this.run(this.central, args);
  }

  async onCustomer(...args: readonly string[]): Promise<string> {
    return this.run(this.customer, args);
  }

  async applyToCentral(items: readonly object[]): Promise<void> {
    await this.onCentral("apply", "--server-side", "-f", this.listFile(items));
  }

  async applyToCustomer(items: readonly object[]): Promise<void> {
    await this.onCustomer("apply", "--server-side", "-f", this.listFile(items));
  }

  async stop(): Promise<void> {
    for (const child of this.children.toReversed()) {
      child.kill();
      if (child.exitCode === null) {
        await new Promise((resolve) => child.once("exit", resolve));
      }
    }
    await this.git?.stop();
    await this.customer.stop();
    await this.central.stop();
    this.folder.remove();
  }

  private async run({ kubeconfig }: ApiServer, args: readonly string[]): Promise<string> {
    return succeeded(await runCommand(this.kubectl, ["--kubeconfig", kubeconfig, ...args], { cwd: "/", env: {} }));
  }

  private listFile(items: readonly object[]): string {
    return this.folder.file("list.json", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  }

  private async startComponent({ name, command, port }: ArgoCdComponent): Promise<void> {
    const [program = "", ...args] = command;
    const log = join(this.folder.path, `${name}.log`);
    const out = openSync(log, "a");
    const child = spawn(program, args, { stdio: ["ignore", out, out] });
    this.children.push(child);
    const hopeless = async (): Promise<string | undefined> =>
      child.exitCode === null ? undefined : `it ended\n${readFileSync(log, "utf8").slice(-2000)}`;
    await until({ what: `${name} is ready`, limitSeconds: 90, hopeless }, () => answers(port));
  }
}

function endpointOf(kubeconfig: string): Endpoint {
  const { cluster } = parse(readFileSync(kubeconfig, "utf8")).clusters[0];
  const authority: string = cluster["certificate-authority-data"];
  return { server: cluster.server, authorityPem: Buffer.from(authority, "base64").toString() };
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
