import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { ARGOCD_NAMESPACE } from "../../constructs/apps/argo-cd.ts";
import { type ApiServer, startApiServer } from "../farm/api-server.ts";
import { definitionFiles } from "../farm/argo-cd/definitions.ts";
import { type CommandResult, runCommand } from "../farm/command.ts";
import { Pulumi, succeeded } from "../farm/deploy/pulumi.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { until } from "../farm/wait.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A folder that is removed with everything in it. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), "nightlane-"));

  file(name: string, content: string): string {
    const path = join(this.path, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A real API server with Argo's and Argo CD's resource definitions and the platform's namespaces, as customers' stacks need it. */
export class CentralApi {
  private constructor(
    private readonly server: ApiServer,
    private readonly kubectlPath: string,
    readonly folder: TemporaryFolder,
  ) {}

  static async start(): Promise<CentralApi> {
    const folder = new TemporaryFolder();
    const tools = await ensureTools(["kubectl", "argo-crds", "argocd-manifests"], silentReporter);
    const server = await startApiServer({ dir: join(folder.path, "api-server") });
    const api = new CentralApi(server, tools.kubectl, folder);
    await api.define(join(tools["argo-crds"], "full"));
    for (const file of definitionFiles(tools["argocd-manifests"])) {
      await api.define(file);
    }
    await api.untilEstablished();
    await api.kubectl("create", "namespace", "nightlane-system");
    await api.kubectl("create", "namespace", ARGOCD_NAMESPACE);
    return api;
  }

  get kubeconfig(): string {
    return this.server.kubeconfig;
  }

  /** Runs kubectl as the administrator. @throws Error with its words if it fails */
  async kubectl(...args: readonly string[]): Promise<string> {
    return succeeded(await this.run(args));
  }

  /** Applies resource definitions, so large that a busy API server may take longer than a request may: then again. */
  private async define(path: string): Promise<void> {
    const defined = { what: `the definitions of ${path} are stored`, limitSeconds: 240, everyMilliseconds: 1000 };
    await until(defined, async () => {
      const applied = await this.run(["apply", "--server-side", "-f", path]);
      const isLate = applied.code !== 0 && applied.output.includes("request did not complete within");
      if (!isLate) {
        succeeded(applied);
      }
      return !isLate;
    });
  }

  private async run(args: readonly string[]): Promise<CommandResult> {
    return runCommand(this.kubectlPath, ["--kubeconfig", this.kubeconfig, ...args], { cwd: "/", env: {} });
  }

  /** Names of all objects of the given kinds in a namespace, `kind/name`, sorted. */
  async names(namespace: string, kinds: string): Promise<readonly string[]> {
    const printed = await this.kubectl("get", kinds, "-n", namespace, "-o", "name");
    return printed
      .split("\n")
      .filter((line) => line !== "")
      .sort();
  }

  /** Waits until what was defined is served. */
  async untilEstablished(): Promise<void> {
    await untilEstablished((args) => this.run(args));
  }

  async pulumi(project = repository): Promise<Pulumi> {
    return Pulumi.at({ dir: join(this.folder.path, "pulumi"), kubeconfig: this.kubeconfig, env: {}, project });
  }

  async stop(): Promise<void> {
    await this.server.stop();
    this.folder.remove();
  }
}

/**
 * Waits until every resource definition of a server is served. `kubectl wait` fails on a definition that is so new that it
 * has no conditions at all.
 */
export async function untilEstablished(kubectl: (args: readonly string[]) => Promise<CommandResult>): Promise<void> {
  const wait = ["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"];
  const established = { what: "the resource definitions are established", limitSeconds: 240 };
  await until(established, async () => (await kubectl(wait)).code === 0);
}

/** A certificate authority made for one test run, and kubeconfigs under it. */
export class TestAuthority {
  readonly caFile: string;
  private readonly ca: string;

  constructor(folder: TemporaryFolder) {
    this.caFile = join(folder.path, "ca.pem");
    const subject = ["-subj", "/CN=test authority", "-days", "30"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "/dev/null"];
    execFileSync("openssl", ["req", "-x509", ...key, ...subject, "-out", this.caFile], { stdio: "pipe" });
    this.ca = execFileSync("base64", ["-w0", this.caFile], { encoding: "utf8" });
  }

  /** A kubeconfig as a customer's administrator would hand it over, with changes of a test's own. */
  kubeconfig(server: string, token: string, user: Readonly<Record<string, unknown>> = { token }): string {
    return stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "nightlane",
      clusters: [{ name: "customer", cluster: { server, "certificate-authority-data": this.ca } }],
      users: [{ name: "nightlane", user }],
      contexts: [{ name: "nightlane", context: { cluster: "customer", user: "nightlane", namespace: "risk" } }],
    });
  }
}

/** What a deployment reads nothing of. */
const NOT_DEPLOYED: readonly string[] = ["docs", "node_modules", "runner", "test"];

/** A copy of the project in which a test may change and add customer files. */
export function projectCopy(folder: TemporaryFolder, name: string): string {
  const copy = join(folder.path, name);
  mkdirSync(copy);
  for (const part of readdirSync(repository)) {
    if (part.startsWith(".") || NOT_DEPLOYED.includes(part)) {
      continue;
    }
    cpSync(join(repository, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
  return copy;
}
