import { defined } from "../runs/defined.ts";
import { isNightly, type NightSeries, pipelineOfSchedule, scheduleName } from "../runs/night-series.ts";
import { REAPER_SCHEDULE } from "../runs/run-name.ts";
import type { CronWorkflow, LaneSchedule } from "../runs/schedule.ts";
import { briefCron } from "./brief.ts";
import type { GoneSchedule } from "./gone-schedules.ts";
import { ABSENT_GRACE, type LaneProblem, type Scheduling } from "./lane.ts";
import { type ReadCron, readCron } from "./read-cron.ts";

/** A suspension is meant by somebody, who may forget it. */
const SUSPENDED_GRACE = 24 * 3600_000;

/** How a schedule that does not do its work stands. */
type Idle = "absent" | "suspended";

/** How the schedules of a lane's nights stand at one time. */
export interface SchedulesLook {
  readonly scheduling: Scheduling;
  /** Since when the schedule of the nights has been absent, milliseconds. */
  readonly absentSince?: number;
  /** Since when the schedule of the lane's reaper starts reapers, milliseconds; absent where it starts none. */
  readonly reaperSince?: number;
  /** Of the lane's schedules, one by one. */
  readonly problems: readonly LaneProblem[];
}

/**
 * The schedules of one customer's nightly ones, or of its further nights, and those that are to be beside them: the
 * reaper's, without which nothing is tidied.
 *
 * One that is deleted while it starts nights is missed, and what it would have started stays due. Whoever means it to go
 * suspends it first (`nightlane schedule-off`).
 */
export class LaneSchedules {
  private readonly crons = new Map<string, ReadCron>();
  /** When each schedule was first made, also of one that was deleted and made anew: what was due meanwhile stays due. */
  private readonly firstMade = new Map<string, number>();
  /** Since when each stands so, milliseconds. */
  private readonly idleSince = new Map<string, { readonly how: Idle; readonly at: number }>();
  private readonly own: string;
  /** The schedule of the nights as it was when it was there last. */
  private last: ReadCron | undefined;
  private lastCron: CronWorkflow | undefined;
  private expected: boolean;
  private reaperSince: number | undefined;

  constructor(private readonly series: NightSeries) {
    this.own = scheduleName(series.pipeline);
    this.expected = isNightly(series);
  }

  /** Whether there is any. */
  get areThere(): boolean {
    return this.crons.size > 0;
  }

  /** Whether that of the nights went while it started nights, and nobody had said that it goes. */
  get wentUnsaid(): boolean {
    return this.expected && !this.crons.has(this.own) && this.last?.suspended === false;
  }

  /** The schedule of the nights where it went unsaid. */
  get gone(): GoneSchedule | undefined {
    const since = this.idleSince.get(this.own)?.at;
    return !this.wentUnsaid || this.lastCron === undefined || since === undefined
      ? undefined
      : { cron: this.lastCron, since };
  }

  /** Whether that of the nights went as it was meant to: it had been suspended, or the customer's file names it no more. */
  get wentAsSaid(): boolean {
    return this.last !== undefined && !this.crons.has(this.own) && !this.wentUnsaid;
  }

  /** What the nights go by: their schedule or, where it went unsaid, what it was. */
  get night(): ReadCron | undefined {
    return this.crons.get(this.own) ?? (this.wentUnsaid ? this.last : undefined);
  }

  get schedule(): LaneSchedule | undefined {
    return this.night?.schedule;
  }

  /** Takes whether the schedule of the nightly ones says that these further nights have one. @returns whether that is news */
  expect(isExpected: boolean): boolean {
    if (isNightly(this.series) || this.expected === isExpected) {
      return false;
    }
    this.expected = isExpected;
    return true;
  }

  /** Whether these are further nights that are to have a schedule. */
  get areExpectedFurther(): boolean {
    return this.expected && !isNightly(this.series);
  }

  note(cron: CronWorkflow, now: number): void {
    const { name } = cron.metadata;
    const read = readCron(cron, this.crons.get(name), now);
    const since = Math.min(read.since, this.firstMade.get(name) ?? read.since);
    this.firstMade.set(name, since);
    if (name === REAPER_SCHEDULE) {
      const known = this.crons.get(name) === undefined ? since : now;
      this.reaperSince = read.suspended ? undefined : (this.reaperSince ?? known);
    }
    this.crons.set(name, { ...read, since });
    if (name === this.own) {
      this.last = { ...read, since };
      this.lastCron = briefCron(cron, since);
    }
  }

  /** @param now Milliseconds. */
  forget(name: string, now: number): void {
    this.crons.delete(name);
    if (name === this.own) {
      this.idleSince.set(name, { how: "absent", at: now });
    }
    if (name === REAPER_SCHEDULE) {
      this.reaperSince = undefined;
    }
  }

  /** Names of those that are there. */
  get names(): readonly string[] {
    return [...this.crons.keys()];
  }

  /** @param now Milliseconds. */
  look(now: number): SchedulesLook {
    const night = this.crons.get(this.own);
    const scheduling = this.schedulingOf(night);
    const absentSince = scheduling === "absent" ? this.idle(this.own, now)?.at : undefined;
    if (absentSince === undefined) {
      this.idleSince.delete(this.own);
    }
    return {
      scheduling,
      problems: [...this.crons.values()]
        .flatMap(({ problems }) => problems)
        .concat((night?.beside ?? []).flatMap((name) => this.missing(name, now))),
      ...defined({ absentSince, reaperSince: this.reaperSince }),
    };
  }

  private schedulingOf(night: ReadCron | undefined): Scheduling {
    if (night === undefined) {
      return this.expected ? "absent" : "removed";
    }
    return night.schedule === undefined ? "unreadable" : night.suspended ? "suspended" : "daily";
  }

  /** A schedule beside that of the nights which does not do its work. Further nights have a look of their own. */
  private missing(name: string, now: number): readonly LaneProblem[] {
    const idle = pipelineOfSchedule(name) === undefined ? this.idle(name, now) : undefined;
    const grace = idle?.how === "absent" ? ABSENT_GRACE : SUSPENDED_GRACE;
    return idle === undefined || now - idle.at < grace ? [] : [missingProblem(name, idle.how, idle.at)];
  }

  /** Since when a schedule that is to be there does nothing; undefined if it does its work. */
  private idle(name: string, now: number): { readonly how: Idle; readonly at: number } | undefined {
    const cron = this.crons.get(name);
    const how: Idle | undefined = cron === undefined ? "absent" : cron.suspended ? "suspended" : undefined;
    if (how === undefined) {
      this.idleSince.delete(name);
      return undefined;
    }
    const known = this.idleSince.get(name);
    const idle = known?.how === how ? known : { how, at: now };
    this.idleSince.set(name, idle);
    return idle;
  }
}

function missingProblem(name: string, how: Idle, since: number): LaneProblem {
  const is = how === "absent" ? "it is not there, though the customer's file has it" : "it is suspended";
  const reason = `${is}: results past their time and what nights left behind at the customer stay`;
  return { kind: "refused", object: `schedule ${name}`, reason, since };
}
