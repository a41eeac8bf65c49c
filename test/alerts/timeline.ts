import type { ListenedFor } from "../../nightwatch/metrics.ts";
import { Nightwatch } from "../../nightwatch/nightwatch.ts";
import { alertOf } from "../../nightwatch/notify/alertmanager-alert.ts";
import type { RunFacts, RunRecord } from "../../runs/run-record.ts";
import type { CronWorkflow } from "../../runs/schedule.ts";
import type { Workflow } from "../../runs/workflow.ts";
import type { Recording } from "./recording.ts";

const MINUTE = 60_000;
const LISTENED_FOR: readonly ListenedFor[] = ["schedules", "acts", "reapers"];

/** How often nightwatch lists everything again. */
const LIST_AGAIN = 30 * MINUTE;

/**
 * How long a restart of nightwatch takes, and what is scraped of the new one before and after it has listed everything.
 */
const AWAY_MINUTES = 3;
const RESTART_MINUTES = AWAY_MINUTES + 2;
/** How a timeline passes. */
export interface TimelineOptions {
  /** Minutes between two rounds and scrapes; more than one where days pass. @default 1 */
  readonly step?: number;
  /** Whether nightwatch is restarted in the midst of every longer wait. @default false */
  readonly restarts?: boolean;
}

/**
 * The real nightwatch over days, minute by minute: everything that it exports, as a Prometheus in a cluster would store
 * it (with the labels of the scrape, which change with each pod), and the calls that the real rules raise over it.
 */
export class Timeline {
  nightwatch: Nightwatch;
  now: number;
  /** Why no record can be written. */
  storeFails: Error | undefined;
  /** Whether the webhook takes notifications. */
  webhookWorks = true;
  /** The kinds whose watches are silent. */
  readonly silent = new Set<ListenedFor>();
  /** Whether acts cannot be carried out; each minute one try fails. */
  actsFail = false;
  /** Whether the Argo controller renews its lease. */
  leaseIsRenewed = true;
  /** Whether the Argo controller answers the scrape. */
  controllerAnswers = true;
  /** What the Argo controller has counted, by cause; it exports them from its start on. */
  readonly controllerErrors = new Map([
    ["OperationPanic", 0],
    ["CronWorkflowSubmissionError", 0],
    ["CronWorkflowSpecError", 0],
  ]);
  /** The calls that nightwatch itself has sent to Alertmanager, each as its labels. */
  readonly sent = new Map<string, Readonly<Record<string, string>>>();
  private gone: readonly string[] = [];
  private readonly start: number;
  private readonly series = new Map<string, string[]>();
  private readonly records = new Map<string, RunFacts>();
  private crons: readonly CronWorkflow[] = [];
  private workflows: readonly Workflow[] = [];
  private readonly reapers: Workflow[] = [];
  private leaseRenewed: number | undefined;
  private readonly step: number;
  private readonly restarts: boolean;
  private listed = 0;
  /** How many scrapes there were. */
  private scrapes = 0;
  private pod = 1;

  constructor(start: string, { step = 1, restarts = false }: TimelineOptions = {}) {
    this.step = step;
    this.restarts = restarts;
    this.start = Date.parse(start);
    this.now = this.start;
    this.nightwatch = this.newNightwatch();
  }

  /** Nights that are long over, as their records have them. */
  async remember(...nights: readonly RunFacts[]): Promise<void> {
    for (const facts of nights) {
      this.records.set(facts.uid, facts);
    }
    await this.nightwatch.load();
  }

  /** A workflow of a customer's reaper has ended. */
  reaped(reaper: Workflow): void {
    this.reapers.push(reaper);
    this.nightwatch.reaperChanged(reaper);
  }

  /** The only schedules that exist from now on. */
  schedule(...crons: readonly CronWorkflow[]): void {
    for (const gone of this.crons.filter((one) => !crons.some((cron) => isSame(cron, one)))) {
      this.nightwatch.intake.scheduleDeleted(gone);
    }
    for (const cron of crons) {
      this.nightwatch.intake.scheduleChanged(cron);
    }
    this.crons = crons;
  }

  /** What is listed: these workflows and no other. */
  async list(...workflows: readonly Workflow[]): Promise<void> {
    this.workflows = workflows;
    this.listed = this.now;
    await this.nightwatch.intake.workflowsListed(
      (async function* () {
        yield* workflows;
      })(),
      async ({ metadata }) => workflows.find((one) => one.metadata.uid === metadata.uid),
    );
  }

  /**
   * Lets minutes pass: a round and a scrape in each, and everything listed again each half hour. A restart among them
   * takes no extra minutes.
   */
  async pass(minutes: number): Promise<void> {
    if (this.restarts && this.step > 1) {
      // It is over between two scrapes.
      await this.restarted();
    } else if (this.restarts && minutes >= 2 * RESTART_MINUTES) {
      const before = Math.floor((minutes - RESTART_MINUTES) / 2);
      await this.watch(before);
      await this.restart(AWAY_MINUTES);
      await this.watch(minutes - before - RESTART_MINUTES);
      return;
    }
    await this.watch(minutes);
  }

  /** Lets minutes pass until an instant. */
  async passUntil(instant: string): Promise<void> {
    await this.pass(Math.round((Date.parse(instant) - this.now) / MINUTE));
  }

  /** Lets minutes pass in which nightwatch's watches deliver nothing. */
  async watchWithoutNews(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += this.step) {
      if (this.leaseIsRenewed) {
        this.leaseRenewed = this.now;
      }
      this.nightwatch.controllerSeen(this.leaseRenewed);
      this.hear();
      const { acts } = this.nightwatch.counters;
      this.nightwatch.counters.acts = { ...acts, failures: acts.failures + Number(this.actsFail) };
      this.nightwatch.round();
      await this.nightwatch.keepRecords();
      await this.nightwatch.forecastsRead();
      // What the webhook answers at once has been recorded by then.
      await new Promise(setImmediate);
      this.scrape(this.nightwatch.metrics());
    }
  }

  /** Lets minutes pass in which nightwatch answers the scrape, but none of its rounds ends. */
  hang(minutes: number): void {
    for (let passed = 0; passed < minutes; passed += this.step) {
      this.nightwatch.controllerSeen(this.now);
      this.hear();
      this.scrape(this.nightwatch.metrics());
    }
  }

  /** Lets minutes pass in which nightwatch is not there. */
  absent(minutes: number): void {
    for (let passed = 0; passed < minutes; passed += this.step) {
      this.scrape("");
    }
  }

  /**
   * Nightwatch ends, and another pod of it is there after some minutes, which is scraped before it has listed anything.
   */
  async restart(minutes: number): Promise<void> {
    await this.nightwatch.end();
    this.absent(minutes);
    await this.restarted(() => this.scrape(this.nightwatch.metrics()));
    this.scrape(this.nightwatch.metrics());
  }

  /** Ends nightwatch. @returns all that was scraped */
  async end(): Promise<Recording> {
    await this.nightwatch.end();
    return {
      start: new Date(this.start).toISOString(),
      step: this.step,
      scrapes: this.scrapes,
      series: [...this.series].map(([series, values]) => ({ series, values: values.join(" ") })),
    };
  }

  /** Another pod of nightwatch reads and lists everything. @param loaded What happens before it has listed anything. */
  private async restarted(loaded = (): void => {}): Promise<void> {
    await this.nightwatch.end();
    this.pod += 1;
    this.nightwatch = this.newNightwatch();
    await this.nightwatch.load();
    loaded();
    for (const cron of this.crons) {
      this.nightwatch.intake.scheduleChanged(cron);
    }
    for (const reaper of this.reapers) {
      this.nightwatch.reaperChanged(reaper);
    }
    await this.list(...this.workflows);
  }

  private async watch(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += this.step) {
      if (this.now - this.listed >= LIST_AGAIN) {
        await this.list(...this.workflows);
      }
      await this.watchWithoutNews(this.step);
    }
  }

  /** Nightwatch's watches report that there is nothing new, except for those that are silent. */
  private hear(): void {
    for (const kind of LISTENED_FOR.filter((one) => !this.silent.has(one))) {
      this.nightwatch.noteHeard(kind);
    }
  }

  private newNightwatch(): Nightwatch {
    const { records } = this;
    const ifStoreWorks = (work: () => void) => async (): Promise<void> => {
      if (this.storeFails !== undefined) {
        throw this.storeFails;
      }
      work();
    };
    return new Nightwatch({
      store: {
        recent: () => recordsOf(records),
        unresolved: () => recordsOf(records),
        ofCustomers: () => recordsOf(records),
        async *heads() {},
        find: async () => undefined,
        findRun: async () => undefined,
        write: (facts) => ifStoreWorks(() => records.set(facts.uid, facts))(),
        noteLater: (facts) => ifStoreWorks(() => records.set(facts.uid, facts))(),
        remove: (name) => ifStoreWorks(() => records.delete(name))(),
        forget: () => {},
      },
      webhook: {
        send: async () => {
          if (!this.webhookWorks) {
            throw new Error("down");
          }
          return true;
        },
      },
      // Whom Prometheus calls does not depend on what the webhook was sent.
      sent: { read: async () => [], write: async () => {} },
      gone: {
        read: async () => this.gone,
        write: async (gone) => {
          this.gone = gone;
        },
      },
      alertmanager: {
        update: (signals) => {
          for (const signal of signals) {
            const { labels } = alertOf(signal, "", this.now);
            this.sent.set(JSON.stringify(labels), labels);
          }
        },
      },
      retentionDays: 90,
      clock: () => this.now,
      log: () => {},
    });
  }

  /** Records each series' value of this minute; one that is gone is stale from then on, as in Prometheus. */
  private scrape(metrics: string): void {
    const found = new Map(parsed(metrics, scrapeLabels("nightwatch", "nightlane-system", this.pod)));
    if (this.controllerAnswers) {
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

async function* recordsOf(records: ReadonlyMap<string, RunFacts>): AsyncIterable<RunRecord> {
  for (const [uid, spec] of records) {
    const metadata = { name: uid, namespace: "nightlane-system", labels: {} };
    yield { apiVersion: "nightlane.example/v1", kind: "RunRecord", metadata, spec };
  }
}

function isSame(a: CronWorkflow, b: CronWorkflow): boolean {
  return a.metadata.namespace === b.metadata.namespace && a.metadata.name === b.metadata.name;
}
