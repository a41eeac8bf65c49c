import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { centralCluster } from "../../constructs/checks/read-central.ts";
import { CUSTOMERS_FOLDER, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { UserError } from "../../constructs/definition/problem.ts";
import { applyArgoCdDefinitions } from "./argo-cd/definitions.ts";
import { cgroupOf, removeCgroups } from "./cgroups.ts";
import { Cluster } from "./cluster.ts";
import { coreShortage } from "./core-shortage.ts";
import { setUpCustomerSide } from "./customer-side.ts";
import { loadFarmCustomer, loadFarmCustomers } from "./customers.ts";
import { FARM_TOOLS, type FarmContext } from "./farm-context.ts";
import { ensureImages } from "./images/ensure.ts";
import { imageRecipes } from "./images/recipe.ts";
import { readKernelSettings, restoreKernelSettings } from "./kernel-settings.ts";
import { disconnect, ensureBridge, removeBridge } from "./network.ts";
import { FarmPaths, farmRoot, repositoryRoot } from "./paths.ts";
import {
  allClusters,
  CENTRAL_ID,
  type ClusterPlan,
  type CustomerPlan,
  customerClusterId,
  type FarmImageName,
  type FarmPlan,
  laneClaim,
  type NodeCounts,
  planFarm,
  secondNodeOf,
} from "./plan.ts";
import { isAlive } from "./processes.ts";
import type { Progress, Step } from "./progress.ts";
import { plainEnvironment, run } from "./run.ts";
import { Sandbox } from "./sandbox.ts";
import { currentBootId, FarmRecord } from "./state.ts";
import { ensureTools } from "./tools/ensure.ts";
import { withLock } from "./tools/lock.ts";
import { clusterPackages, ensurePackages } from "./tools/packages.ts";
import { removeVolumes } from "./volumes.ts";

const IMAGES: readonly FarmImageName[] = ["pause", "runner", "risk", "nightwatch", "argoController", "argoExecutor"];

/** Programs that every command of a farm needs on this machine. */
const PACKAGES = [...clusterPackages, "acl", "openssl", "tini"] as const;

/** Of these, what holds none of the tools: the largest, mostly waited for, and built while the tools are. */
const IMAGES_WITHOUT_TOOLS = IMAGES.filter((name) => imageRecipes[name].tools.length === 0);

/** The farm on this machine: a central cluster and one cluster for each customer. */
export class Farm {
  readonly paths: FarmPaths;

  constructor(
    private readonly progress: Progress,
    root: string = farmRoot(),
  ) {
    this.paths = new FarmPaths(root);
  }

  /**
   * Makes what is missing: the whole farm, or the part of it that ended. Takes seconds when nothing is.
   * @param nodes Nodes that the clusters have at least.
   */
  async up(nodes: NodeCounts = {}): Promise<void> {
    await this.locked(async () => {
      const plan = await this.plan(nodes);
      await this.raise(plan, allClusters(plan));
    });
  }

  /** Adds one customer's cluster to a running farm. @throws UserError if there is no farm to add to */
  async add(name: string): Promise<void> {
    await this.locked(async () => {
      const customer = await loadFarmCustomer(name);
      const plan = await this.plan();
      const record = await FarmRecord.read(this.paths.state);
      if (!(await isAlive(record.state.clusters[plan.central.id]?.init))) {
        throw new UserError("No farm runs on this machine, so there is nothing to add to.\nStart it: make farm-up");
      }
      // The central cluster too: it gets volumes for the new lane.
      await this.raise(plan, [plan.central, ...plan.customers.filter((other) => other.name === customer.name)]);
    });
  }

  /** Ends a customer's cluster, and removes what the farm keeps for it. It can be done again. */
  async remove(name: string): Promise<void> {
    await this.locked(async () => {
      await this.progress.step(`removing ${name}`, async (step) => {
        const id = customerClusterId(name);
        const record = await FarmRecord.read(this.paths.state);
        step.detail("processes");
        const machines = [id, secondNodeOf(id)];
        for (const machine of machines) {
          await Sandbox.endAll(this.paths.root, machine);
        }
        step.detail("network, cgroups");
        for (const machine of machines) {
          const cluster = record.state.clusters[machine];
          if (cluster !== undefined) {
            await disconnect(machine, cluster.address);
          }
          await removeCgroups(cgroupOf(this.paths.root, machine));
        }
        step.detail("volumes of its lane");
        const claim = laneClaim(name);
        await removeVolumes(this.paths.centralKubeconfig, this.paths.cluster(CENTRAL_ID).volumes, claim);
        step.detail("files");
        const roots = machines.map((machine) => this.paths.cluster(machine).root);
        const files = [...roots, this.paths.customer(name).root, join(this.paths.dist, name)];
        for (const file of files) {
          await rm(file, { recursive: true, force: true });
        }
        for (const machine of machines) {
          delete record.state.clusters[machine];
        }
        await record.save();
      });
    });
  }

  /**
   * Ends the farm: every process, mount, network and cgroup of it. It can be done again.
   * @param everything also removes the unpacked images, which would make the next start quick
   */
  async down(everything = false): Promise<void> {
    if (!existsSync(this.paths.root)) {
      return this.progress.note("No farm on this machine.");
    }
    await this.locked(async () => {
      const { state } = await FarmRecord.read(this.paths.state);
      await this.progress.step("ending the farm", async (step) => {
        step.detail("processes");
        await Sandbox.endAll(this.paths.root);
        step.detail("network, cgroups");
        await removeBridge(this.paths.root);
        await removeCgroups(cgroupOf(this.paths.root));
        if (state.bootId === (await currentBootId())) {
          await restoreKernelSettings(state.kernelSettings);
        }
        step.detail("files");
        await this.removeFiles(everything);
      });
    });
  }

  /** A second node stays once it exists: either all customers' clusters have one or none does. */
  private async plan(nodes: NodeCounts = {}): Promise<FarmPlan> {
    const { state } = await FarmRecord.read(this.paths.state);
    const workers = Object.values(state.clusters).flatMap(({ workerOf }) => workerOf ?? []);
    return planFarm(centralCluster(), await loadFarmCustomers(), {
      central: workers.includes(CENTRAL_ID) ? 2 : (nodes.central ?? 1),
      customer: workers.some((id) => id !== CENTRAL_ID) ? 2 : (nodes.customer ?? 1),
    });
  }

  private async raise(plan: FarmPlan, clusters: readonly ClusterPlan[]): Promise<void> {
    const record = await this.openRecord();
    await ensurePackages(PACKAGES, this.progress);
    // Early: building for minutes only to find that another farm has this machine would be a waste.
    await ensureBridge(this.paths.root, plan.hostAddress);
    const early = ensureImages(IMAGES_WITHOUT_TOOLS, this.progress);
    const made = ensureTools(FARM_TOOLS, this.progress);
    await all([early, made]);
    const tools = await made;
    const images = await ensureImages(IMAGES, this.progress);
    await this.publish(tools, images);
    const context: FarmContext = {
      paths: this.paths,
      tools,
      images,
      hostAddress: plan.hostAddress,
      clusterState: ({ id, name, address, port }) => {
        const fresh = { name, address, port, created: new Date().toISOString(), init: undefined, components: {} };
        record.state.clusters[id] ??= fresh;
        return record.state.clusters[id];
      },
      save: () => record.save(),
    };
    const synthesized = this.progress.step("manifests", () => this.synthesize());
    const raised = clusters.map((cluster) =>
      this.progress.step(`${cluster.name} ${cluster.address}`, async (step) => {
        await this.raiseCluster(context, plan, cluster, synthesized, step);
      }),
    );
    await all([synthesized, ...raised]);
    await this.noteShortages(plan.customers.filter((customer) => clusters.includes(customer)));
  }

  /** Last, so that it can still be read when the farm is up. */
  private async noteShortages(customers: readonly CustomerPlan[]): Promise<void> {
    for (const { name } of customers) {
      const shortage = coreShortage(await loadCustomer(name), availableParallelism());
      if (shortage !== undefined) {
        this.progress.note(shortage);
      }
    }
  }

  private async raiseCluster(
    context: FarmContext,
    plan: FarmPlan,
    cluster: ClusterPlan,
    synthesized: Promise<void>,
    step: Step,
  ): Promise<void> {
    const running = await Cluster.ensure(context, cluster, step);
    const customer: CustomerPlan | undefined = plan.customers.find(({ id }) => id === cluster.id);
    if (customer === undefined) {
      await mkdir(join(this.paths.root, "central"), { recursive: true, mode: 0o700 });
      await copyFile(running.adminKubeconfig, this.paths.centralKubeconfig);
      if (centralCluster().argoCd) {
        const tools = await ensureTools(["argocd-manifests"], this.progress);
        step.detail("Argo CD's definitions");
        await applyArgoCdDefinitions(context.tools.kubectl, running.adminKubeconfig, tools["argocd-manifests"]);
      }
    } else {
      await synthesized;
      const { kubectl } = context.tools;
      const riskImage = context.images.risk;
      await setUpCustomerSide({ paths: this.paths, customer, cluster: running, kubectl, riskImage, step });
    }
    // Last: what was half applied when a farm was killed is not repaired but rebuilt.
    await writeFile(this.paths.cluster(cluster.id).complete, "");
  }

  /** Opens the record; after a reboot of this machine it no longer holds, and unsynced databases may be corrupt. */
  private async openRecord(): Promise<FarmRecord> {
    const record = await FarmRecord.read(this.paths.state);
    const bootId = await currentBootId();
    if (record.state.bootId !== bootId) {
      await this.removeFiles(false);
      record.state = { bootId, kernelSettings: {}, clusters: {} };
    }
    if (Object.keys(record.state.kernelSettings).length === 0) {
      record.state.kernelSettings = await readKernelSettings();
    }
    await record.save();
    return record;
  }

  /** Writes what is used outside the farm: image references, programs for PATH. */
  private async publish(tools: FarmContext["tools"], images: FarmContext["images"]): Promise<void> {
    const references = Object.entries(images).filter(([name]) => name !== "pause");
    const content = Object.fromEntries(references.map(([name, image]) => [name, image.reference]));
    await writeFile(this.paths.images, `${JSON.stringify(content, null, 2)}\n`);
    await mkdir(this.paths.programs, { recursive: true });
    const link = join(this.paths.programs, "kubectl");
    await rm(link, { force: true });
    await symlink(tools.kubectl, link);
  }

  /** Synthesizes all customers with the farm's images, in a process of its own: images are read once per process. */
  private async synthesize(): Promise<void> {
    await run(process.execPath, ["--import", "tsx", join(repositoryRoot, "infra", "synth.ts")], {
      purpose: "synthesizing customers/*.ts",
      cwd: repositoryRoot,
      env: {
        ...plainEnvironment,
        CDK8S_OUTDIR: this.paths.dist,
        NIGHTLANE_IMAGES: this.paths.images,
        NIGHTLANE_CUSTOMERS: CUSTOMERS_FOLDER,
      },
    });
  }

  private async removeFiles(everything: boolean): Promise<void> {
    const keep = new Set([this.paths.lock, ...(everything ? [] : [this.paths.imageStores])]);
    for (const entry of await readdir(this.paths.root)) {
      const path = join(this.paths.root, entry);
      if (!keep.has(path)) {
        await rm(path, { recursive: true, force: true });
      }
    }
  }

  private async locked(work: () => Promise<void>): Promise<void> {
    if (process.getuid?.() !== 0) {
      throw new UserError(
        "The farm makes namespaces, mounts and network links, which takes root.\nRun the command with sudo -E.",
      );
    }
    await withLock(this.paths.lock, () => this.progress.note("waiting for another farm command"), work);
  }
}

/** Waits for all, so that nothing goes on unseen after an error, then throws every error at once. */
async function all(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const errors = results.filter((result) => result.status === "rejected").map(({ reason }): unknown => reason);
  const unforeseen = errors.find((error) => !(error instanceof UserError));
  if (unforeseen !== undefined) {
    throw unforeseen;
  }
  const messages = new Set(errors.map((error) => (error instanceof UserError ? error.message : "")));
  if (messages.size > 0) {
    throw new UserError([...messages].join("\n\n"));
  }
}
