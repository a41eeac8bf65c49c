import { Nightwatch } from "../../../nightwatch/nightwatch.ts";
import type { Signal } from "../../../nightwatch/signals/signal.ts";
import { isSameSeries, type NightSeries } from "../../../runs/night-series.ts";
import type { RunFacts, RunRecord } from "../../../runs/run-record.ts";
import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";

/** The records that a nightwatch reads and writes, in memory. */
export class Records {
  readonly facts = new Map<string, RunFacts>();
  /** Thrown at a write, where there is something to throw. */
  refuse: ((facts: RunFacts) => Error | undefined) | undefined;
  writes = 0;

  async *recent(): AsyncIterable<RunRecord> {
    for (const spec of this.facts.values()) {
      yield record(spec);
    }
  }

  async *unresolved(): AsyncIterable<RunRecord> {
    yield* this.recent();
  }

  /** Which customers' records were asked for, each time. */
  readonly asked: (readonly string[])[] = [];

  /** Those of others too, as where many customers are asked for. */
  async *ofCustomers(customers: readonly string[]): AsyncIterable<RunRecord> {
    this.asked.push(customers);
    yield* this.recent();
  }

  async *heads(): AsyncIterable<RunRecord> {
    yield* this.recent();
  }

  async find(name: string): Promise<RunRecord | undefined> {
    const spec = [...this.facts.values()].find((one) => record(one).metadata.name === name);
    return spec === undefined ? undefined : record(spec);
  }

  async findRun(series: NightSeries, date: string, number: number): Promise<RunFacts | undefined> {
    return [...this.facts.values()].find(
      (one) => isSameSeries(one, series) && one.businessDate === date && one.runNumber === number,
    );
  }

  async write(facts: RunFacts): Promise<void> {
    this.writes += 1;
    const error = this.refuse?.(facts);
    if (error !== undefined) {
      throw error;
    }
    this.facts.set(facts.uid, structuredClone(facts));
  }

  async noteLater({ uid, notified, acts }: RunFacts): Promise<void> {
    const before = this.facts.get(uid);
    if (before !== undefined) {
      const known = new Set(before.acts.map(({ id }) => id));
      await this.write({ ...before, notified, acts: [...before.acts, ...acts.filter(({ id }) => !known.has(id))] });
    }
  }

  async remove(): Promise<void> {}

  forget(): void {}
}

function record(spec: RunFacts): RunRecord {
  return {
    apiVersion: "nightlane.example/v1",
    kind: "RunRecord",
    metadata: { name: `${spec.customer}.${spec.night}`, namespace: "nightlane-system", labels: {} },
    spec,
  };
}

/** A whole nightwatch whose clock the test moves, and whose calls it sees. */
export class WatchedNights {
  readonly nightwatch: Nightwatch;
  readonly calls: Signal[] = [];
  readonly log: string[] = [];
  now: number;
  /** Whether the Argo controller says that it is alive. */
  controllerIsThere = true;

  constructor(
    now: string,
    readonly records = new Records(),
    /** What an earlier nightwatch has sent that no record shows. */
    readonly sent: { keys: readonly string[]; gone?: readonly string[] } = { keys: [] },
  ) {
    this.now = Date.parse(now);
    this.nightwatch = new Nightwatch({
      store: this.records,
      webhook: {
        send: async (signal) => {
          this.calls.push(signal);
          return true;
        },
      },
      sent: {
        read: async () => this.sent.keys,
        write: async (keys) => {
          this.sent.keys = keys;
        },
      },
      gone: {
        read: async () => this.sent.gone ?? [],
        write: async (gone) => {
          this.sent.gone = gone;
        },
      },
      retentionDays: 90,
      clock: () => this.now,
      log: (_, text) => this.log.push(text),
    });
  }

  /** Takes what is there, as a list does. */
  async list(crons: readonly CronWorkflow[], workflows: readonly Workflow[]): Promise<void> {
    await this.nightwatch.intake.schedulesListed(each(crons));
    await this.nightwatch.intake.workflowsListed(each(workflows), async ({ metadata }) =>
      workflows.find((one) => one.metadata.uid === metadata.uid),
    );
  }

  /** A round at a time. @returns kind and date of the calls that it made */
  async roundAt(time: string): Promise<readonly string[]> {
    this.now = Date.parse(time);
    const before = this.calls.length;
    if (this.controllerIsThere) {
      this.nightwatch.controllerSeen(this.now);
    }
    this.nightwatch.round();
    await this.nightwatch.keepRecords();
    return this.calls.slice(before).map(({ kind, businessDate }) => [kind, businessDate].filter(Boolean).join(" "));
  }

  /** Value of a metric; undefined where there is none. */
  metric(series: string): number | undefined {
    const line = this.nightwatch
      .metrics()
      .split("\n")
      .find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  }
}

async function* each<Item>(items: readonly Item[]): AsyncIterable<Item> {
  yield* items;
}
