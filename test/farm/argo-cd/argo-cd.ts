import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { ARGOCD_CONTROLLER, ARGOCD_NAMESPACE } from "../../../constructs/apps/argo-cd.ts";
import { UserError } from "../../../constructs/definition/problem.ts";
import { Api } from "../../support/api.ts";
import { untilReady } from "../component.ts";
import { renderKubeconfig } from "../kubeconfig.ts";
import { Kubectl } from "../kubectl.ts";
import type { FarmPaths } from "../paths.ts";
import { type ProcessIdentity, terminate } from "../processes.ts";
import { Sandbox } from "../sandbox.ts";
import { FarmRecord } from "../state.ts";
import { ensureTools } from "../tools/ensure.ts";
import { ensurePackages } from "../tools/packages.ts";
import type { Reporter } from "../tools/reporter.ts";
import { type ArgoCdComponent, argoCdComponents } from "./components.ts";
import { settingsObjects } from "./settings.ts";

/** What Argo CD must know of the git host that Applications name. */
export interface GitHost {
  readonly name: string;
  readonly address: string;
  /** Certificate authority, PEM. */
  readonly authority: string;
}

/**
 * Argo CD in the farm's central cluster: its own programs with its own manifests, as processes beside the control
 * plane, the application controller under its own account. It ends with {@link stop}, or with the cluster.
 */
export class ArgoCd {
  private readonly running: ProcessIdentity[] = [];

  private constructor(
    private readonly sandbox: Sandbox,
    private readonly folder: string,
    readonly logs: string,
  ) {}

  /** Starts it in a running farm. @throws UserError if there is no farm, or a part of it does not become ready */
  static async start(paths: FarmPaths, git: GitHost, reporter: Reporter): Promise<ArgoCd> {
    const { state } = await FarmRecord.read(paths.state);
    const init = state.clusters.central?.init;
    if (init === undefined) {
      throw new UserError("No farm runs on this machine.\nStart it: make farm-up");
    }
    await ensurePackages(["redis-server", "git"], reporter);
    const tools = await ensureTools(["argocd", "argocd-manifests", "helm", "kubectl"], reporter);
    const cluster = paths.cluster("central");
    const argoCd = new ArgoCd(new Sandbox(init), join(cluster.root, "argo-cd"), cluster.logs);
    await mkdir(argoCd.folder, { recursive: true, mode: 0o700 });
    const kubectl = new Kubectl(tools.kubectl, paths.centralKubeconfig);
    await kubectl.apply(await settingsObjects(tools["argocd-manifests"]));
    const components = await argoCdComponents({
      folder: argoCd.folder,
      tools,
      kubeconfig: await argoCd.writeKubeconfig(paths.centralKubeconfig),
      redisPassword: randomBytes(24).toString("hex"),
      hosts: [`${git.address} ${git.name}`],
      authorities: { [git.name]: git.authority },
    });
    try {
      for (const component of components) {
        await argoCd.startComponent(component);
      }
    } catch (error) {
      await argoCd.stop();
      throw error;
    }
    return argoCd;
  }

  /** Ends its processes and removes its files, the controller's credential among them. */
  async stop(): Promise<void> {
    for (const process of this.running.toReversed()) {
      await terminate(process);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async startComponent(component: ArgoCdComponent): Promise<void> {
    const log = join(this.logs, `${component.name}.log`);
    const identity = await this.sandbox.start(component, log);
    this.running.push(identity);
    await untilReady(component, identity, log, 90, () => this.answers(component.port));
  }

  private async answers(port: number): Promise<boolean> {
    try {
      await this.sandbox.run("bash", ["-c", `exec 3<>/dev/tcp/127.0.0.1/${port}`]);
      return true;
    } catch (error) {
      if (error instanceof UserError) {
        return false;
      }
      throw error;
    }
  }

  /** The controller acts under its own account, never as the administrator. */
  private async writeKubeconfig(administrator: string): Promise<string> {
    const client = await Api.fromKubeconfig(administrator);
    try {
      const path = `/api/v1/namespaces/${ARGOCD_NAMESPACE}/serviceaccounts/${ARGOCD_CONTROLLER}/token`;
      const request = {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { expirationSeconds: 86400 },
      };
      const { status, body } = await client.call({ method: "POST", path, body: request });
      const token = (body as { readonly status?: { readonly token?: string } }).status?.token;
      if (token === undefined) {
        throw new UserError(`No token for ${ARGOCD_CONTROLLER}: ${status} ${JSON.stringify(body)}`);
      }
      const { cluster } = parse(await readFile(administrator, "utf8")).clusters[0];
      const file = join(this.folder, "controller.kubeconfig");
      const kubeconfig = renderKubeconfig({
        cluster: "central",
        server: cluster.server,
        authorityPem: Buffer.from(cluster["certificate-authority-data"], "base64").toString(),
        user: ARGOCD_CONTROLLER,
        identity: { token },
        namespace: ARGOCD_NAMESPACE,
      });
      await writeFile(file, kubeconfig, { mode: 0o600 });
      return file;
    } finally {
      client.close();
    }
  }
}
