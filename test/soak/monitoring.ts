import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parse } from "yaml";
import { ARGO_NAMESPACE, SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { CONTROLLER_LABELS, CONTROLLER_METRICS_PORT } from "../../constructs/platform/argo-controller.ts";
import { NIGHTWATCH_LABELS, NIGHTWATCH_PORT } from "../../constructs/platform/nightwatch.ts";
import { Alertmanager, Prometheus, type Target } from "../alerts/live/monitoring.ts";
import { ruleGroups, synthesizeWithOperator } from "../alerts/rules.ts";
import { TemporaryFolder } from "../api/support.ts";
import type { FarmPaths } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import type { Api } from "../support/api.ts";
import { type Call, callsIn } from "./calls.ts";

/** Alerts wait as long as they do in a cluster. */
const PACE = 1;

const DISCOVERY_MILLISECONDS = 3000;

/** What Prometheus scrapes in the farm: pods by their labels, as a Prometheus operator finds them. */
const SCRAPED = [
  { job: "nightwatch", namespace: SYSTEM_NAMESPACE, labels: NIGHTWATCH_LABELS, port: NIGHTWATCH_PORT },
  {
    job: "argo/workflow-controller",
    namespace: ARGO_NAMESPACE,
    labels: CONTROLLER_LABELS,
    port: CONTROLLER_METRICS_PORT,
  },
] as const;

interface PodList {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly deletionTimestamp?: string;
    };
    readonly status?: { readonly phase?: string };
  }[];
}

/** A real Prometheus that scrapes the farm's central cluster, and an Alertmanager whose receiver records the calls. */
export class Monitoring {
  private discovering = true;
  private readonly discovery: Promise<void>;

  private constructor(
    private readonly central: Api,
    private readonly folder: TemporaryFolder,
    private readonly files: object,
    private readonly alertmanager: Alertmanager,
    private readonly prometheus: Prometheus,
  ) {
    this.discovery = this.discover();
  }

  static async start(paths: FarmPaths, central: Api): Promise<Monitoring> {
    const folder = new TemporaryFolder();
    let alertmanager: Alertmanager | undefined;
    try {
      const groups = ruleGroups(await synthesizeWithOperator(folder));
      const files = await identityFiles(paths, folder.path);
      alertmanager = await Alertmanager.start(join(folder.path, "alertmanager"), PACE);
      const prometheus = await Prometheus.start(join(folder.path, "prometheus"), groups, alertmanager.url, [], PACE);
      return new Monitoring(central, folder, files, alertmanager, prometheus);
    } catch (error) {
      await alertmanager?.stop();
      folder.remove();
      throw error;
    }
  }

  /** The calls so far. */
  get calls(): readonly Call[] {
    return callsIn(this.alertmanager.notifications);
  }

  /** Waits until the whole chain works: the sign of life arrives, and every rule has seen what nightwatch exports. */
  async untilAlive(): Promise<void> {
    const comes = { what: "the sign of life of nightwatch comes", limitSeconds: 180, everyMilliseconds: 500 };
    await until(comes, async () => this.alertmanager.heartbeats > 0);
    const since = Date.now();
    const seen = { what: "every rule is evaluated", limitSeconds: 60, everyMilliseconds: 500 };
    await until(seen, async () => (await this.prometheus.evaluations()).every((at) => at > since));
  }

  /**
   * Waits until nothing is wrong any more and every call is resolved.
   * @param show Called with what still stands.
   * @returns what still stands at the limit
   */
  async untilQuiet(
    limitSeconds: number,
    abort: AbortSignal,
    show: (standing: string) => void,
  ): Promise<readonly string[]> {
    const end = Date.now() + limitSeconds * 1000;
    const standing = async (): Promise<readonly string[]> => [
      ...(await this.prometheus.labels('ALERTS{alertname!="NightlaneWatchdog"}')).map(
        ({ alertname = "", customer = "", alertstate = "" }) => `${alertname} ${customer} (${alertstate})`,
      ),
      ...this.calls.filter(({ isOver }) => !isOver).map(({ key }) => `${key} (not resolved)`),
    ];
    for (;;) {
      const left = await standing();
      show(left.join(", "));
      if (left.length === 0 || Date.now() > end || abort.aborted) {
        return left;
      }
      await delay(1000);
    }
  }

  async stop(): Promise<void> {
    this.discovering = false;
    await this.discovery;
    await this.prometheus.stop();
    await this.alertmanager.stop();
    this.folder.remove();
  }

  /** Follows the existing pods: a replacement is scraped as a new target. */
  private async discover(): Promise<void> {
    let known = "";
    while (this.discovering) {
      try {
        const targets = (await Promise.all(SCRAPED.map((one) => this.targetsOf(one)))).flat();
        const found = JSON.stringify(targets);
        if (found !== known) {
          await this.prometheus.scrape(targets);
        }
        known = found;
      } catch {
        // The API server is away, as in some faults: Prometheus goes on with what it knows.
      }
      await delay(DISCOVERY_MILLISECONDS);
    }
  }

  /** Every running pod: of two nightwatches only the leader exports anything. */
  private async targetsOf({ job, namespace, labels, port }: (typeof SCRAPED)[number]): Promise<readonly Target[]> {
    const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const { items } = await this.central.get<PodList>(
      `${path}?labelSelector=${encodeURIComponent(selector.join(","))}`,
    );
    const running = items.filter(
      ({ metadata, status }) => status?.phase === "Running" && metadata.deletionTimestamp === undefined,
    );
    return running.map(({ metadata: { name: pod } }) => {
      // Prometheus runs on this machine, which reaches the pods' network through the API server only.
      const way = { scheme: "https", metrics_path: `${path}/${pod}:${port}/proxy/metrics`, tls_config: this.files };
      return { job, namespace, pod, address: new URL(this.central.server).host, way };
    });
  }
}

/** The administrator's identity as files, for Prometheus. */
async function identityFiles(paths: FarmPaths, folder: string): Promise<object> {
  const { clusters, users } = parse(await readFile(paths.centralKubeconfig, "utf8"));
  const write = (name: string, base64: string): string => {
    const file = join(folder, name);
    writeFileSync(file, Buffer.from(base64, "base64"), { mode: 0o600 });
    return file;
  };
  return {
    ca_file: write("ca.pem", clusters[0].cluster["certificate-authority-data"]),
    cert_file: write("client.pem", users[0].user["client-certificate-data"]),
    key_file: write("client-key.pem", users[0].user["client-key-data"]),
  };
}
