import { inject } from "vitest";
import { stringify } from "yaml";
import { Nightwatch } from "../../nightwatch/nightwatch.ts";
import type { RunFacts, RunRecord } from "../../runs/run-record.ts";
import type { CronWorkflow } from "../../runs/schedule.ts";
import type { Workflow } from "../../runs/workflow.ts";
import type { TemporaryFolder } from "../api/support.ts";
import { runCommand } from "../farm/deploy/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import type { RuleGroup } from "./rules.ts";
import { noteSituations } from "./tally.ts";

/** A call that must come. */
export interface ExpectedCall {
  readonly alert: string;
  readonly customer?: string;
  readonly step?: string;
  readonly cause?: string;
  readonly severity: "critical" | "warning";
  /** How often it begins within the timeline. @default 1 */
  readonly times?: number;
  /** Whether it still stands at the end. @default false */
  readonly stands?: boolean;
}

const MINUTE = 60_000;

/** How often nightwatch lists everything again. */
const LIST_AGAIN = 30 * MINUTE;

/** What identifies a call to people. */
const BY = "by (alertname, customer, step, cause, severity)";
const CALLS = 'ALERTS{alertstate="firing", severity!="none"}';

/**
 * The real nightwatch over days, minute by minute: everything that it exports, as a Prometheus in a cluster would store
 * it (with the labels of the scrape, which change with each pod), and the calls that the real rules raise over it.
 */
export class Timeline {
  nightwatch: Nightwatch;
  now: number;
  /** Whether records can be written. */
  storeWorks = true;
  /** Whether the webhook takes notifications. */
  webhookWorks = true;
  /** Whether the Argo controller renews its lease and answers the scrape. */
  controllerRuns = true;
  /** What the Argo controller has counted, by cause; it exports them from its start on. */
  readonly controllerErrors = new Map([
    ["OperationPanic", 0],
    ["CronWorkflowSubmissionError", 0],
    ["CronWorkflowSpecError", 0],
  ]);
  private readonly start: number;
  private readonly series = new Map<string, string[]>();
  private readonly records = new Map<string, RunFacts>();
  private crons: readonly CronWorkflow[] = [];
  private workflows: readonly Workflow[] = [];
  private listed = 0;
  /** How many scrapes there were. */
  private scrapes = 0;
  private pod = 1;

  /** @param step Minutes between two rounds and scrapes; more than one where days pass. */
  constructor(
    start: string,
    private readonly step = 1,
  ) {
    this.start = Date.parse(start);
    this.now = this.start;
    this.nightwatch = this.newNightwatch();
  }

  /** Schedules that are there from now on, and no others. */
  schedule(...crons: readonly CronWorkflow[]): void {
    for (const gone of this.crons.filter((one) => !crons.some((cron) => isSame(cron, one)))) {
      this.nightwatch.scheduleDeleted(gone);
    }
    for (const cron of crons) this.nightwatch.scheduleChanged(cron);
    this.crons = crons;
  }

  /** What is listed: these workflows and no other. */
  async list(...workflows: readonly Workflow[]): Promise<void> {
    this.workflows = workflows;
    this.listed = this.now;
    await this.nightwatch.workflowsListed(
      (async function* () {
        yield* workflows;
      })(),
      async ({ metadata }) => workflows.find((one) => one.metadata.uid === metadata.uid),
    );
  }

  /** Lets minutes pass: a round and a scrape in each, and everything listed again each half hour. */
  async pass(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += this.step) {
      if (this.now - this.listed >= LIST_AGAIN) await this.list(...this.workflows);
      await this.watchWithoutNews(this.step);
    }
  }

  /** Lets minutes pass until an instant. */
  async passUntil(instant: string): Promise<void> {
    await this.pass(Math.round((Date.parse(instant) - this.now) / MINUTE));
  }

  /** Lets minutes pass in which the watches of nightwatch bring nothing. */
  async watchWithoutNews(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += this.step) {
      if (this.controllerRuns) this.nightwatch.controllerSeen(this.now);
      await this.nightwatch.round();
      // What the webhook answers at once has been taken note of by then.
      await new Promise(setImmediate);
      this.scrape(this.nightwatch.metrics());
    }
  }

  /** Lets minutes pass in which nightwatch is not there. */
  absent(minutes: number): void {
    for (let passed = 0; passed < minutes; passed += this.step) this.scrape("");
  }

  /** Nightwatch ends, and another pod of it is there after some minutes, which is scraped before it has listed anything. */
  async restart(minutes: number): Promise<void> {
    await this.nightwatch.end();
    this.absent(minutes);
    this.pod += 1;
    this.nightwatch = this.newNightwatch();
    await this.nightwatch.load();
    this.scrape(this.nightwatch.metrics());
    for (const cron of this.crons) this.nightwatch.scheduleChanged(cron);
    await this.list(...this.workflows);
    this.scrape(this.nightwatch.metrics());
  }

  /** Has promtool evaluate the rules over all that passed, and compares each call that they raised, and each that stands. */
  async expectCalls(
    promtool: string,
    folder: TemporaryFolder,
    groups: readonly RuleGroup[],
    expected: readonly ExpectedCall[],
  ): Promise<void> {
    await this.nightwatch.end();
    const last = (this.scrapes - 1) * this.step;
    const interval = `${this.step}m`;
    const samples = (calls: readonly ExpectedCall[], value: (call: ExpectedCall) => number): object[] =>
      calls.map((call) => ({ labels: labelsOf(call), value: value(call) }));
    const begins = `(${CALLS} unless ${CALLS} offset ${interval})[${last + this.step}m:${interval}]`;
    const questions = [
      { expr: `sum ${BY} (sum_over_time(${begins}))`, exp_samples: samples(expected, ({ times = 1 }) => times) },
      {
        expr: `count ${BY} (${CALLS})`,
        exp_samples: samples(
          expected.filter(({ stands }) => stands),
          () => 1,
        ),
      },
    ];
    const file = folder.file(
      "timeline.yaml",
      stringify({
        rule_files: [folder.file("rules.yaml", stringify({ groups }))],
        evaluation_interval: interval,
        tests: [
          {
            interval,
            start_timestamp: new Date(this.start).toISOString(),
            input_series: [...this.series].map(([series, values]) => ({ series, values: values.join(" ") })),
            promql_expr_test: questions.map((question) => ({ ...question, eval_time: `${last}m` })),
          },
        ],
      }),
    );
    succeeded(await runCommand(promtool, ["test", "rules", file], { cwd: folder.path, env: {} }));
    // promtool has compared them one by one.
    const count = expected.reduce((sum, { times = 1 }) => sum + times, 0);
    noteSituations(inject("tally"), { situations: 1, expected: count, received: count, false: 0 });
  }

  private newNightwatch(): Nightwatch {
    const { records } = this;
    const ifStoreWorks = (work: () => void) => async (): Promise<void> => {
      if (!this.storeWorks) throw new Error("down");
      work();
    };
    return new Nightwatch({
      store: {
        async *recent() {
          for (const [uid, spec] of records) yield { metadata: { name: uid }, spec } as RunRecord;
        },
        async *ofCustomer() {},
        async *heads() {},
        find: async () => undefined,
        findRun: async () => undefined,
        write: (facts) => ifStoreWorks(() => records.set(facts.uid, facts))(),
        noteNotified: (facts) => ifStoreWorks(() => records.set(facts.uid, facts))(),
        remove: (name) => ifStoreWorks(() => records.delete(name))(),
        forget: () => {},
      },
      webhook: {
        send: async () => {
          if (!this.webhookWorks) throw new Error("down");
          return true;
        },
      },
      retentionDays: 90,
      clock: () => this.now,
      log: () => {},
    });
  }

  /** Notes each series' value of this minute; one that is not there any more is stale from then on, as Prometheus has it. */
  private scrape(metrics: string): void {
    const found = new Map(parsed(metrics, scrapeLabels("nightwatch", "nightlane-system", this.pod)));
    if (this.controllerRuns) {
      const errors = [...this.controllerErrors].map(
        ([cause, count]) => `argo_workflows_error_count{cause="${cause}"} ${count}`,
      );
      const controller = ["argo_workflows_is_leader 1", ...errors].join("\n");
      for (const [name, value] of parsed(controller, scrapeLabels("workflow-controller", "argo", 1))) {
        found.set(name, value);
      }
    }
    for (const name of new Set([...this.series.keys(), ...found.keys()])) {
      const values = this.series.get(name) ?? Array.from({ length: this.scrapes }, () => "_");
      values.push(found.get(name) ?? (["_", "stale"].includes(values.at(-1) ?? "_") ? "_" : "stale"));
      this.series.set(name, values);
    }
    this.scrapes += 1;
    this.now += this.step * MINUTE;
  }
}

/** The labels that a Prometheus operator's scrape adds to each series of a pod. */
function scrapeLabels(name: string, namespace: string, pod: number): string {
  const labels = { namespace, pod: `${name}-${pod}`, instance: `10.60.0.${pod}:8080`, job: name, container: name };
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(",");
}

/** Series and values in the text format of Prometheus, with further labels. */
function parsed(metrics: string, labels: string): readonly (readonly [series: string, value: string])[] {
  return metrics.split("\n").flatMap((line) => {
    const [, name, own, value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name === undefined || value === undefined
      ? []
      : [[`${name}{${own === undefined ? "" : `${own},`}${labels}}`, value] as const];
  });
}

function labelsOf({ alert, customer, step, cause, severity }: ExpectedCall): string {
  const pairs = Object.entries({ alertname: alert, customer, step, cause, severity });
  return `{${pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`])).join(", ")}}`;
}

function isSame(a: CronWorkflow, b: CronWorkflow): boolean {
  return a.metadata.namespace === b.metadata.namespace;
}
