import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleNightwatch } from "../../../nightwatch/image/bundle.ts";
import { CONTROLLER_LEASE } from "../../../runs/controller-lease.ts";
import { CentralApi } from "../../api/support.ts";
import { ensureTools } from "../../farm/tools/ensure.ts";
import { silentReporter } from "../../farm/tools/reporter.ts";
import { Receiver } from "../../unit/nightwatch/notify/receiver.ts";
import { type RuleGroup, ruleGroups, synthesizeWithOperator } from "../rules.ts";
import { Child, freePort } from "./child.ts";
import { Alertmanager, Prometheus, type Target } from "./monitoring.ts";
import { PACE } from "./pace.ts";

/**
 * Workflows and schedules of a second instance, to which the real controller is limited; the suite's nights have no
 * controller.
 */
export const CONTROLLER_INSTANCE = "alerts";

/** A time as leases have it: with microseconds. @param at Milliseconds. */
const microTime = (at: number): string => new Date(at).toISOString().replace("Z", "000Z");

/** Longer than the suite takes, milliseconds. */
const LONGEST_RUN = 2 * 3600_000;

/**
 * A central cluster without nodes, with everything by which people are called: the real nightwatch, Argo's controller,
 * Prometheus with the rules as deployed, an Alertmanager that it sends to, and one that nightwatch sends to itself.
 */
export class World {
  private nightwatch: Child | undefined;
  /** Counts the nightwatches that were asked for or ended: what was begun for an earlier one is not wanted any more. */
  private watch = 0;
  private controller: Child | undefined;
  private pods = 0;
  private targets: readonly Target[] = [];

  private constructor(
    readonly api: CentralApi,
    readonly webhook: Receiver,
    readonly groups: readonly RuleGroup[],
    /** Receives calls from Prometheus. */
    readonly alertmanager: Alertmanager,
    /** Receives calls from nightwatch. */
    readonly direct: Alertmanager,
  ) {}

  private prometheusServer: Prometheus | undefined;

  static async start(): Promise<World> {
    const api = await CentralApi.start();
    const folder = api.folder.path;
    const dist = await synthesizeWithOperator(api.folder);
    const platform = join(dist, "platform");
    const definition = readdirSync(platform).find((file) => file.includes("customresourcedefinition-runrecords"));
    await api.kubectl("apply", "-f", join(platform, definition ?? "there is no definition of run records"));
    await api.kubectl("create", "namespace", "argo");
    writeFileSync(join(folder, "nightwatch.mjs"), await bundleNightwatch());
    const world = new World(
      api,
      await Receiver.start(),
      ruleGroups(dist),
      await Alertmanager.start(join(folder, "alertmanager"), PACE),
      await Alertmanager.start(join(folder, "direct"), PACE),
    );
    writeFileSync(join(folder, "url"), `${world.webhook.url}/nightwatch`);
    return world;
  }

  get prometheus(): Prometheus {
    if (this.prometheusServer === undefined) {
      throw new Error("Prometheus was not started");
    }
    return this.prometheusServer;
  }

  /** Starts Prometheus, once what it scrapes runs. */
  async startPrometheus(): Promise<void> {
    const folder = join(this.api.folder.path, "prometheus");
    this.prometheusServer = await Prometheus.start(folder, this.groups, this.alertmanager.url, this.targets, PACE);
  }

  /** Starts nightwatch as another pod. */
  async startNightwatch(): Promise<void> {
    const port = await freePort();
    this.pods += 1;
    this.watch += 1;
    await this.runNightwatch(port, this.watch);
    await this.target({
      job: "nightwatch",
      namespace: "nightlane-system",
      pod: `nightwatch-${this.pods}`,
      address: `127.0.0.1:${port}`,
    });
  }

  /** Runs it, again where it ends by itself, as the kubelet would: one that loses its lease on a busy machine ends. */
  private async runNightwatch(port: number, watch: number): Promise<void> {
    const folder = this.api.folder.path;
    const nightwatch = await Child.start(
      [process.execPath, join(folder, "nightwatch.mjs")],
      join(folder, `nightwatch-${this.pods}.log`),
      `http://127.0.0.1:${port}/readyz`,
      {
        KUBECONFIG: this.api.kubeconfig,
        PORT: String(port),
        WEBHOOK_FOLDER: folder,
        ALERTMANAGERS: this.direct.url,
        ALERTMANAGER_FOLDER: join(folder, "none"),
      },
    );
    if (this.watch !== watch) {
      await nightwatch.stop();
      return;
    }
    this.nightwatch = nightwatch;
    void nightwatch.ended.then(() => this.runNightwatchAgain(port, watch));
  }

  private async runNightwatchAgain(port: number, watch: number): Promise<void> {
    while (this.watch === watch) {
      try {
        await this.runNightwatch(port, watch);
        return;
      } catch {
        // It has ended once more before it was ready, which its log says.
      }
    }
  }

  async stopNightwatch(): Promise<void> {
    this.watch += 1;
    await this.nightwatch?.stop();
    this.nightwatch = undefined;
  }

  /** Starts the real Argo controller, which leaves the suite's nights alone. */
  async startController(): Promise<void> {
    const { folder, kubeconfig } = this.api;
    const tools = await ensureTools(["workflow-controller"], silentReporter);
    const port = await freePort();
    const settings = {
      instanceID: CONTROLLER_INSTANCE,
      metricsConfig: `enabled: true\npath: /metrics\nport: ${port}\nsecure: false\n`,
    };
    const configMap = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "workflow-controller-configmap", namespace: "argo" },
      data: settings,
    };
    // The leader of an instance renews a lease of another name; nightwatch looks for that of the nights' own
    // controller.
    const lease = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: CONTROLLER_LEASE,
      spec: { holderIdentity: "workflow-controller", renewTime: microTime(Date.now() + LONGEST_RUN) },
    };
    await this.apply([configMap, lease]);
    const own = folder.file("controller.kubeconfig", readFileSync(kubeconfig, "utf8"));
    await this.api.kubectl("config", "set-context", "--current", "--namespace=argo", `--kubeconfig=${own}`);
    this.controller = await Child.start(
      [tools["workflow-controller"], "--kubeconfig", own, "--loglevel", "info"],
      join(folder.path, "controller.log"),
      `http://127.0.0.1:${port}/metrics`,
      { LEADER_ELECTION_DISABLE: "true" },
    );
    await this.target({
      job: "argo/workflow-controller",
      namespace: "argo",
      pod: "workflow-controller-1",
      address: `127.0.0.1:${port}`,
    });
  }

  async killController(): Promise<void> {
    await this.controller?.stop(0);
    this.controller = undefined;
  }

  /** Writes whole objects, whatever was there. */
  async apply(objects: readonly object[]): Promise<void> {
    if (objects.length === 0) {
      return;
    }
    const list = { apiVersion: "v1", kind: "List", items: objects };
    const file = this.api.folder.file("objects.json", JSON.stringify(list));
    // The API server checks them against its own schemas; kubectl would fetch all of these first, each time.
    await this.api.kubectl("apply", "--server-side", "--force-conflicts", "--validate=false", "-f", file);
  }

  async stop(): Promise<void> {
    await this.stopNightwatch();
    await this.killController();
    await this.prometheusServer?.stop();
    await this.alertmanager.stop();
    await this.direct.stop();
    await this.webhook.stop();
    await this.api.stop();
  }

  private async target(target: Target): Promise<void> {
    this.targets = [...this.targets.filter(({ job }) => job !== target.job), target];
    await this.prometheusServer?.scrape(this.targets);
  }
}
