import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { runCommand } from "../../farm/deploy/command.ts";
import { succeeded } from "../../farm/deploy/pulumi.ts";
import { Nightwatch } from "../../nightwatch/nightwatch.ts";
import type { CronWorkflow } from "../../runs/schedule.ts";
import type { Workflow } from "../../runs/workflow.ts";
import type { TemporaryFolder } from "./support.ts";

/** A rule as Prometheus reads it. */
export interface AlertRule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An alert that should stand, with the labels that its series gives it. */
export interface ExpectedAlert {
  readonly alert: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface PrometheusRule {
  readonly kind: string;
  readonly spec: { readonly groups: readonly { readonly rules: readonly AlertRule[] }[] };
}

const MINUTE = 60_000;

/** The PrometheusRules of a folder of dist. */
export function alertGroups(folder: string): PrometheusRule["spec"]["groups"] {
  return readdirSync(folder)
    .filter((file) => file.includes("-prometheusrule-"))
    .flatMap((file): PrometheusRule["spec"]["groups"] => parse(readFileSync(join(folder, file), "utf8")).spec.groups);
}

/** The real nightwatch over some nights, minute by minute, and every series that it exports. */
export class ExportedNights {
  readonly nightwatch: Nightwatch;
  now: number;
  /** Whether records can be written, and notifications are taken. */
  works = true;
  private readonly start: number;
  private readonly series = new Map<string, string[]>();
  private minute = 0;

  constructor(start: string) {
    this.start = Date.parse(start);
    this.now = this.start;
    const work = async (): Promise<void> => {
      if (!this.works) throw new Error("down");
    };
    this.nightwatch = new Nightwatch({
      store: {
        async *recent() {},
        async *ofCustomer() {},
        async *heads() {},
        find: async () => undefined,
        findRun: async () => undefined,
        write: work,
        noteNotified: work,
        remove: work,
        forget: () => {},
      },
      webhook: {
        send: async () => {
          await work();
          return true;
        },
      },
      retentionDays: 90,
      clock: () => this.now,
      log: () => {},
    });
  }

  schedule(...crons: readonly CronWorkflow[]): void {
    for (const cron of crons) this.nightwatch.scheduleChanged(cron);
  }

  /** What is listed: these workflows and no other. */
  async list(...workflows: readonly Workflow[]): Promise<void> {
    await this.nightwatch.workflowsListed(
      (async function* () {
        yield* workflows;
      })(),
      async ({ metadata }) => workflows.find((one) => one.metadata.uid === metadata.uid),
    );
  }

  /** Lets minutes pass: a round and a scrape in each. */
  async pass(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += 1) {
      await this.nightwatch.round();
      this.scrape(this.nightwatch.metrics());
    }
  }

  /** Lets minutes pass in which nightwatch is not there. */
  absent(minutes: number): void {
    for (let passed = 0; passed < minutes; passed += 1) {
      this.scrape("");
    }
  }

  /** Notes each series' value of this minute; one that is not there any more is stale from then on, as Prometheus has it. */
  private scrape(metrics: string): void {
    const found = new Map<string, string>();
    for (const line of metrics.split("\n")) {
      const [, name, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) found.set(name, value);
    }
    for (const name of new Set([...this.series.keys(), ...found.keys()])) {
      const values = this.series.get(name) ?? Array.from({ length: this.minute }, () => "_");
      values.push(found.get(name) ?? (["_", "stale"].includes(values.at(-1) ?? "_") ? "_" : "stale"));
      this.series.set(name, values);
    }
    this.minute += 1;
    this.now += MINUTE;
  }

  /** Lets promtool evaluate rules over the series, and compare which alerts stand now. */
  async expectAlerts(
    promtool: string,
    folder: TemporaryFolder,
    groups: PrometheusRule["spec"]["groups"],
    expected: readonly ExpectedAlert[],
  ): Promise<void> {
    const evalTime = `${Math.max(0, this.minute - 1)}m`;
    const rules = groups.flatMap((group) => group.rules);
    const file = folder.file(
      "alerts-test.yaml",
      stringify({
        rule_files: [folder.file("alerts.yaml", stringify({ groups }))],
        evaluation_interval: "1m",
        tests: [
          {
            interval: "1m",
            start_timestamp: new Date(this.start).toISOString(),
            input_series: [...this.series].map(([series, values]) => ({ series, values: values.join(" ") })),
            alert_rule_test: rules.map((rule) => ({
              eval_time: evalTime,
              alertname: rule.alert,
              exp_alerts: expected
                .filter(({ alert }) => alert === rule.alert)
                .map(({ labels }) => standing(rule, labels)),
            })),
          },
        ],
      }),
    );
    succeeded(await runCommand(promtool, ["test", "rules", file], { cwd: folder.path, env: {} }));
  }
}

function standing(rule: AlertRule, labels: Readonly<Record<string, string>> = {}): object {
  const filled = Object.entries(rule.annotations).map(([name, text]) => [
    name,
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? ""),
  ]);
  return { exp_labels: { ...rule.labels, ...labels }, exp_annotations: Object.fromEntries(filled) };
}
