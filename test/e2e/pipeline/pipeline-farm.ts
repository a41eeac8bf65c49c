import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { customerNames } from "../../../constructs/definition/customer-files.ts";
import { PLATFORM } from "../../../isolation/model/estate.ts";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import { FarmPulumi } from "../../farm/deploy/farm-pulumi.ts";
import type { Pulumi } from "../../farm/deploy/pulumi.ts";
import { Farm } from "../../farm/farm.ts";
import { FarmPaths, farmRoot, repositoryRoot } from "../../farm/paths.ts";
import type { FarmCustomer } from "../../farm/plan.ts";
import { progressOn } from "../../farm/progress.ts";
import { cacheRoot } from "../../farm/tools/cache.ts";
import { ensurePackages } from "../../farm/tools/packages.ts";
import { silentReporter } from "../../farm/tools/reporter.ts";
import { Api } from "../../support/api.ts";
import { certificate } from "../../support/certificates.ts";
import { GitlabDeployments } from "../../support/gitlab-deployments.ts";
import { GitlabProject } from "./gitlab-project.ts";
import { ProjectVariables } from "./project-variables.ts";
import { stackMarks, stateFile } from "./stack-marks.ts";

/** The customer of README.md, who comes and goes. */
export const SEEBANK: FarmCustomer = {
  name: "seebank",
  server: "https://k8s.seebank.example:6443",
  address: "10.64.3.10",
  namespace: "risk",
  credentials: [{ file: "nightlane.kubeconfig", account: "nightlane", variable: "CUSTOMER_KUBECONFIG" }],
};

/** Namespace of its lane. */
export const LANE = laneNamespace(SEEBANK.name);

/** The farm with every stack deployed, and a GitLab project whose pipelines deploy to it. */
export class PipelineFarm {
  /** Customers who exist before and after. */
  readonly others = customerNames();

  private constructor(
    readonly paths: FarmPaths,
    readonly pulumi: Pulumi,
    readonly variables: ProjectVariables,
    readonly project: GitlabProject,
    readonly central: Api,
  ) {}

  static async open(): Promise<PipelineFarm> {
    await ensurePackages(["rsync"], silentReporter);
    const paths = new FarmPaths(farmRoot());
    const { pulumi } = await FarmPulumi.of(paths, silentReporter);
    const variables = await ProjectVariables.of(paths, pulumi, customerNames());
    const { ARGO_CRDS = "", PULUMI_HOME = "" } = pulumi.settings;
    const env = {
      ...{ ARGO_CRDS, PULUMI_HOME, NIGHTLANE_IMAGES: paths.images },
      ...{ NIGHTLANE_FARM: paths.root, NIGHTLANE_CACHE: cacheRoot() },
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const image = { programs: [paths.programs, ...pulumi.programs], env };
    const project = new GitlabProject(image, variables, await new GitlabDeployments().start());
    for (const stack of [PLATFORM, ...customerNames()]) {
      project.noteDeployment(stack, "success");
    }
    return new PipelineFarm(paths, pulumi, variables, project, await Api.fromKubeconfig(paths.centralKubeconfig));
  }

  /** Restores the farm, wherever a test ended. */
  async close(): Promise<void> {
    if (this.isDeployed()) {
      await this.withFiles(async (env) => {
        await this.pulumi.run(SEEBANK.name, ["cancel", "--yes"], env);
        await this.pulumi.run(SEEBANK.name, ["destroy", "--yes", "--skip-preview"], env);
        await this.pulumi.run(SEEBANK.name, ["stack", "rm", "--yes", "--force"], env);
      });
    }
    await new Farm(progressOn(process.stderr)).remove(SEEBANK.name);
    this.central.close();
    this.project.deployments.stop();
    this.project.remove();
  }

  /** Gives seebank a cluster, and the project its variables. */
  async addCluster(): Promise<void> {
    await this.project.command("tsx", ["test/farm/cli.ts", "add", SEEBANK.name]);
    this.variables.addCustomer(SEEBANK);
  }

  /** The deployed credential of a lane, by file. */
  async credential(lane: string): Promise<Readonly<Record<string, string>>> {
    const secret = await this.central.get<{ data: Record<string, string> }>(
      `/api/v1/namespaces/${lane}/secrets/credential`,
    );
    const decoded = Object.entries(secret.data).map(([name, data]) => [name, Buffer.from(data, "base64").toString()]);
    return Object.fromEntries(decoded);
  }

  /** A path in the clone. */
  inClone(path: string): string {
    return join(this.project.clone, path);
  }

  /** What differs after anybody has touched one of the other customers. */
  async marks(): Promise<readonly unknown[]> {
    return Promise.all(this.others.map((customer) => stackMarks(this.central, this.paths, customer)));
  }

  /** Whether seebank's stack is in the state. */
  isDeployed(): boolean {
    return existsSync(stateFile(this.paths, SEEBANK.name));
  }

  async hasLane(): Promise<boolean> {
    return (await this.central.call({ method: "GET", path: `/api/v1/namespaces/${LANE}` })).status === 200;
  }

  /** Jobs of seebank's nights in its own cluster. */
  async remoteJobs(): Promise<readonly unknown[]> {
    const api = await Api.fromKubeconfig(this.paths.customer(SEEBANK.name).adminKubeconfig);
    try {
      const path = "/apis/batch/v1/namespaces/risk/jobs?labelSelector=nightlane%2Fcustomer%3Dseebank";
      return (await api.get<{ items: readonly unknown[] }>(path)).items;
    } finally {
      api.close();
    }
  }

  /** Writes the customer's file as README.md shows it, and an authority beside it. */
  writeSeebank(): void {
    const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");
    const [, block = ""] = /```ts\n([\s\S]*?)\n *```/.exec(readme) ?? [];
    writeFileSync(this.inClone("customers/seebank.ts"), `${block.replace(/^ {3}/gm, "")}\n`);
    writeFileSync(this.inClone("customers/seebank.pem"), certificate("valid"));
  }

  /** Runs work with seebank's variables of type File in files, as a deploying job has them. */
  async withFiles<T>(work: (env: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
    const folder = join(this.project.clone, "..", "files");
    mkdirSync(folder, { recursive: true });
    const entries = Object.entries(this.variables.filesOf(`customers/${SEEBANK.name}`)).map(([name, content]) => {
      writeFileSync(join(folder, name), content, { mode: 0o600 });
      return [name, join(folder, name)];
    });
    try {
      return await work(Object.fromEntries(entries));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
