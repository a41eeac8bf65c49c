import { rm } from "node:fs/promises";
import { join } from "node:path";
import { customerCalendar } from "../../constructs/calendars/customer-calendar.ts";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { contentName, NIGHT } from "../../constructs/lane/content-name.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { CALENDAR, FINISH_BY, INPUTS_BY, START_BY } from "../../runs/annotations.ts";
import { writeCalendar } from "../../runs/business-calendar.ts";
import { type Day, localTime } from "../../runs/local-time.ts";
import { RUN_RECORDS } from "../../runs/run-record.ts";
import { businessDateOf } from "../../runs/schedule.ts";
import { APPLICATION_FOLDER, ensureApplication } from "../chaos/site/application.ts";
import type { Site } from "../chaos/site/site.ts";
import { MovedSchedule } from "../farm/nights/moved-schedule.ts";
import { nextRunNumber } from "../farm/nights/next-run-number.ts";
import { openOn } from "../farm/nights/open-on.ts";
import { until } from "../farm/wait.ts";
import { ScheduledNight } from "./scheduled-night.ts";

const MINUTE = 60_000;

/**
 * Minutes after its start at which a night that has not started counts as missed, and at which it should have ended.
 */
const START_BY_MINUTES = 4;
const FINISH_BY_MINUTES = 60;

/** How long the central API server may be away, as in some faults. */
const AWAY_SECONDS = 120;

/**
 * A customer's lane in the soak: its schedule comes due when the soak needs it, and starts the night of the chaos
 * suite, under the lane's own identity, with its own credential, into its own cluster.
 */
export class SoakLane {
  private readonly nights: ScheduledNight[] = [];
  private readonly templates = new Set<string>();
  private readonly used = new Map<Day, number>();

  private constructor(
    readonly site: Site,
    private readonly schedule: MovedSchedule,
    private readonly chaos: CustomerDefinition,
    private readonly abort: AbortSignal,
  ) {}

  /** @param chaos The customer whose night is run. */
  static async open(site: Site, chaos: CustomerDefinition, abort: AbortSignal): Promise<SoakLane> {
    await ensureApplication(site.remote);
    return new SoakLane(site, await MovedSchedule.of(site.paths, site.customer.name), chaos, abort);
  }

  /** Moves the schedule to a minute. @returns the night that it will start */
  async nightDue(at: number, name: string): Promise<ScheduledNight> {
    const { customer } = this.site;
    const businessDate = businessDateOf(customer.workflow.schedule, at);
    const open = openOn(customer, businessDate);
    const runNumber = await this.patiently(() => this.nextNumber(businessDate));
    const template = await this.patiently(() => this.ensureTemplate(open));
    const clock = (minutes: number): string =>
      localTime(at + minutes * MINUTE, this.schedule.timezone).time.slice(0, "HH:MM".length);
    const calendar = customerCalendar(open.workflow.schedule);
    const move = {
      at: [at],
      template,
      parameters: { "run-number": `${runNumber}` },
      annotations: {
        [CALENDAR]: writeCalendar(calendar),
        [START_BY]: clock(START_BY_MINUTES),
        [FINISH_BY]: clock(FINISH_BY_MINUTES),
        [INPUTS_BY]: null,
      },
    };
    await this.patiently(() => this.schedule.move(move));
    const due = { businessDate, calendar, runNumber, workflow: this.schedule.workflowOf(at), at };
    const night = new ScheduledNight(this.site, name, due, this.abort);
    this.nights.push(night);
    return night;
  }

  /** Restores the lane: first the schedule, then what its nights left behind. */
  async close(): Promise<void> {
    const { central, laneOf, remote, customer } = this.site;
    const argo = `/apis/argoproj.io/v1alpha1/namespaces/${laneOf.namespace}`;
    await this.patiently(() => this.schedule.restore());
    for (const night of this.nights) {
      await this.patiently(() => night.cleanUp());
      await night.forget();
    }
    for (const name of this.templates) {
      await central.call({ method: "DELETE", path: `${argo}/workflowtemplates/${name}` });
    }
    const { group, version, plural } = RUN_RECORDS;
    const own = new Set(this.nights.map(({ due }) => due.workflow));
    const records = (await this.site.nights.runRecords.all({ customer: customer.name })).filter(({ spec }) =>
      own.has(spec.night),
    );
    for (const { metadata } of records) {
      const path = `/apis/${group}/${version}/namespaces/${SYSTEM_NAMESPACE}/${plural}/${metadata.name}`;
      await central.call({ method: "DELETE", path });
    }
    await rm(join(remote, APPLICATION_FOLDER), { recursive: true, force: true });
  }

  /** A number that no run of the date has, neither in a workflow nor in a record. */
  private async nextNumber(date: Day): Promise<number> {
    const { nights, laneOf, customer } = this.site;
    const records = (await nights.runRecords.all({ customer: customer.name })).filter(
      ({ spec }) => spec.businessDate === date,
    );
    const next = Math.max(
      await nextRunNumber(nights, laneOf.namespace, date),
      ...records.map(({ spec }) => spec.runNumber + 1),
      (this.used.get(date) ?? 0) + 1,
    );
    this.used.set(date, next);
    return next;
  }

  private async ensureTemplate(open: CustomerDefinition): Promise<string> {
    const { central, laneOf } = this.site;
    const workflow = { ...this.chaos.workflow, schedule: open.workflow.schedule };
    const spec = nightSpec({ ...open, workflow });
    const name = contentName(NIGHT, spec);
    if (this.templates.has(name)) {
      return name;
    }
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${laneOf.namespace}/workflowtemplates`;
    const body = { apiVersion: "argoproj.io/v1alpha1", kind: "WorkflowTemplate", metadata: { name }, spec };
    const { status, body: answer } = await central.call({ method: "POST", path, body });
    // One that already exists is the lane's own, or was left behind by a killed soak.
    if (status === 201) {
      this.templates.add(name);
    } else if (status !== 409) {
      throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(answer)}`);
    }
    return name;
  }

  /** Retries for as long as the central API server may be away. */
  private async patiently<T>(act: () => Promise<T>): Promise<T> {
    let done: { readonly value: T } | undefined;
    let last: unknown;
    const what = `the central API server lets the soak prepare ${this.site.customer.name}`;
    try {
      await until({ what, limitSeconds: AWAY_SECONDS, everyMilliseconds: 1000 }, async () => {
        try {
          done = { value: await act() };
        } catch (error) {
          last = error;
        }
        return done !== undefined;
      });
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n${last}`, { cause: last });
    }
    if (done === undefined) {
      throw new Error(what);
    }
    return done.value;
  }
}
