import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { repository } from "../../api/support.ts";
import { runCommand } from "../../farm/command.ts";
import { succeeded } from "../../farm/deploy/pulumi.ts";
import { ensureTools } from "../../farm/tools/ensure.ts";
import { silentReporter } from "../../farm/tools/reporter.ts";
import { Receiver } from "../../unit/nightwatch/notify/receiver.ts";
import type { RuleGroup } from "../rules.ts";
import type { AlertmanagerNotification } from "./calls.ts";
import { Child, freePort } from "./child.ts";
import { paced } from "./pace.ts";

/** How often Prometheus scrapes and evaluates in a cluster. */
const SCRAPE_SECONDS = 5;

interface Route {
  readonly receiver?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

interface Settings {
  readonly route: Route;
  readonly receivers: readonly { readonly name: string }[];
}

/** The routing that docs/operate.md recommends, as it is written there. */
export function documentedRouting(): Settings {
  const text = readFileSync(join(repository, "docs/operate.md"), "utf8");
  const [, block = ""] = /^### The routing$.*?^```yaml\n(.*?)^```$/ms.exec(text) ?? [];
  return parse(block);
}

/** Has amtool check settings, as somebody who copies them would. @returns its output */
export async function checkRouting(settings: Settings, folder: string): Promise<string> {
  const { amtool } = await ensureTools(["amtool"], silentReporter);
  const file = join(folder, "documented.yml");
  writeFileSync(file, stringify(settings));
  return succeeded(await runCommand(amtool, ["check-config", file], { cwd: folder, env: {} }));
}

/** A real Alertmanager with the documented routing, and one receiver behind all its names. */
export class Alertmanager {
  private constructor(
    private readonly child: Child,
    private readonly receiver: Receiver,
    readonly url: string,
  ) {}

  /** @param pace How much faster than documented it waits. */
  static async start(folder: string, pace: number): Promise<Alertmanager> {
    mkdirSync(folder, { recursive: true });
    const { alertmanager } = await ensureTools(["alertmanager"], silentReporter);
    const receiver = await Receiver.start();
    const settings = documentedRouting();
    const config = join(folder, "alertmanager.yml");
    const receivers = settings.receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: `${receiver.url}/${name}`, send_resolved: true }],
    }));
    writeFileSync(config, stringify({ ...settings, route: pacedRoute(settings.route, pace), receivers }));
    const url = `http://127.0.0.1:${await freePort()}`;
    const child = await Child.start(
      [
        alertmanager,
        `--config.file=${config}`,
        `--storage.path=${join(folder, "data")}`,
        `--web.listen-address=${url.slice("http://".length)}`,
        "--cluster.listen-address=",
      ],
      join(folder, "alertmanager.log"),
      `${url}/-/ready`,
    );
    return new Alertmanager(child, receiver, url);
  }

  /** The notifications that people have been sent so far. */
  get notifications(): readonly AlertmanagerNotification[] {
    return this.all.filter(({ receiver }) => receiver !== "heartbeat");
  }

  /** How often the sign of life came. */
  get heartbeats(): number {
    return this.all.filter(({ receiver }) => receiver === "heartbeat").length;
  }

  private get all(): readonly AlertmanagerNotification[] {
    return this.receiver.bodies as readonly AlertmanagerNotification[];
  }

  async stop(): Promise<void> {
    await this.child.stop();
    await this.receiver.stop();
  }
}

/** Where Prometheus scrapes, with the labels that an operator's discovery gives the target. */
export interface Target {
  readonly job: string;
  readonly namespace: string;
  readonly pod: string;
  readonly address: string;
  /** Further settings of the scrape: how it gets there. @default - plain HTTP, `/metrics` */
  readonly way?: object;
}

/** What Prometheus answers to an instant query that yields a vector. */
interface QueryAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [time: number, value: string];
    }[];
  };
}

interface RulesAnswer {
  readonly data: { readonly groups: readonly { readonly lastEvaluation: string }[] };
}

/** A real Prometheus that evaluates the rules as deployed, paced, and sends to an Alertmanager. */
export class Prometheus {
  private constructor(
    private readonly child: Child,
    private readonly config: string,
    private readonly settings: object,
    readonly url: string,
  ) {}

  static async start(
    folder: string,
    groups: readonly RuleGroup[],
    alertmanager: string,
    targets: readonly Target[],
    pace: number,
  ): Promise<Prometheus> {
    mkdirSync(folder, { recursive: true });
    const { prometheus } = await ensureTools(["prometheus"], silentReporter);
    const config = join(folder, "prometheus.yml");
    const rules = join(folder, "rules.yml");
    writeFileSync(rules, stringify({ groups: paced(groups, pace) }));
    const interval = `${Math.ceil(SCRAPE_SECONDS / pace)}s`;
    const settings = {
      global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
      rule_files: [rules],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.replace("http://", "")] }] }] },
    };
    writeFileSync(config, withTargets(settings, targets));
    const url = `http://127.0.0.1:${await freePort()}`;
    const child = await Child.start(
      [
        prometheus,
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=${url.slice("http://".length)}`,
        "--web.enable-lifecycle",
        // What is repeated after a minute in a cluster is repeated that much faster here.
        `--rules.alert.resend-delay=${60 / pace}s`,
      ],
      join(folder, "prometheus.log"),
      `${url}/-/ready`,
    );
    return new Prometheus(child, config, settings, url);
  }

  /** Scrapes other targets from now on, as discovery does when a pod is replaced. */
  async scrape(targets: readonly Target[]): Promise<void> {
    writeFileSync(this.config, withTargets(this.settings, targets));
    const answer = await fetch(`${this.url}/-/reload`, { method: "POST" });
    if (!answer.ok) {
      throw new Error(`Prometheus does not take its settings: ${await answer.text()}`);
    }
  }

  /** The number that a query yields; 0 where it yields nothing. */
  async value(query: string): Promise<number> {
    return Number((await this.query(query))[0]?.value[1] ?? 0);
  }

  /** The labels of all series that a query yields. */
  async labels(query: string): Promise<readonly Readonly<Record<string, string>>[]> {
    return (await this.query(query)).map(({ metric }) => metric);
  }

  /** When each group of rules was evaluated last, milliseconds since the epoch. */
  async evaluations(): Promise<readonly number[]> {
    const answer = await fetch(`${this.url}/api/v1/rules`);
    const { data } = (await answer.json()) as RulesAnswer;
    return data.groups.map(({ lastEvaluation }) => Date.parse(lastEvaluation));
  }

  private async query(query: string): Promise<QueryAnswer["data"]["result"]> {
    const answer = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    return ((await answer.json()) as QueryAnswer).data.result;
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }
}

function withTargets(settings: object, targets: readonly Target[]): string {
  const scrape = targets.map(({ job, namespace, pod, address, way }) => ({
    job_name: `${job}/${pod}`,
    ...way,
    static_configs: [{ targets: [address], labels: { job, namespace, pod, container: job, endpoint: "http" } }],
  }));
  return stringify({ ...settings, scrape_configs: scrape });
}

/**
 * `group_wait` is kept as documented, because what comes within it is one call; what comes after it is paced. Repeats
 * are kept, so that none comes within the suite, except for the sign of life.
 */
function pacedRoute(route: Route, pace: number): Route {
  const interval = route.group_interval;
  return {
    ...route,
    ...(interval === undefined ? {} : { group_interval: `${(Number.parseInt(interval, 10) * 60) / pace}s` }),
    ...(route.repeat_interval === "1m" ? { repeat_interval: `${60 / pace}s` } : {}),
    ...(route.routes === undefined ? {} : { routes: route.routes.map((inner) => pacedRoute(inner, pace)) }),
  };
}
