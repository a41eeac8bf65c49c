import { defined } from "../runs/defined.ts";
import { isNightly, type NightSeries, pipelineOfSchedule, scheduleName } from "../runs/night-series.ts";
import { REAPER_SCHEDULE } from "../runs/run-name.ts";
import type { CronWorkflow, LaneSchedule } from "../runs/schedule.ts";
import { briefCron } from "./brief.ts";
import type { GoneSchedule } from "./gone-schedules.ts";
import { ABSENT_GRACE, type LaneFault, type Scheduling } from "./lane.ts";
import { type ReadCron, readCron } from "./read-cron.ts";

/** How long a schedule may be suspended before it is reported: somebody intended it, and may have forgotten it. */
const SUSPENDED_GRACE = 24 * 3600_000;

/** Why a schedule does not do its work. */
type Idle = "absent" | "suspended";

/** How the schedules of a lane's nights stand at one time. */
export interface SchedulesLook {
  readonly scheduling: Scheduling;
  /** Since when the schedule of the nights has been absent, milliseconds. */
  readonly absentSince?: number;
  /** Since when the schedule of the lane's reaper starts reapers, milliseconds; absent where it starts none. */
  readonly reaperSince?: number;
  /** Problems of the lane's schedules, one by one. */
  readonly problems: readonly LaneFault[];
}

/**
 * The schedules of one customer's nightly ones, or of its further nights, and those that should exist beside them: the
 * reaper's, without which nothing is tidied.
 *
 * One that is deleted while it starts nights is missed, and what it would have started stays due. Anyone who wants to
 * remove it suspends it first (`nightlane schedule-off`).
 */
export class LaneSchedules {
  private readonly crons = new Map<string, ReadCron>();
  /**
   * When each schedule was first made, even if it was deleted and made again since: what was due in between stays due.
   */
  private readonly firstMade = new Map<string, number>();
  /** Why each schedule is idle, and since when, milliseconds. */
  private readonly idleSince = new Map<string, { readonly how: Idle; readonly at: number }>();
  private readonly own: string;
  /** The schedule of the nights as it was last seen. */
  private last: ReadCron | undefined;
  private lastCron: CronWorkflow | undefined;
  /** Whether that was forgotten after it had been removed on purpose. */
  private isForgotten = false;
  private expected: boolean;
  /** Whether the schedule of the nightly ones is there and names none for these further nights. */
  private isUnnamed = false;
  private reaperSince: number | undefined;

  constructor(private readonly series: NightSeries) {
    this.own = scheduleName(series.pipeline);
    this.expected = isNightly(series);
  }

  /** Whether there is any. */
  get areThere(): boolean {
    return this.crons.size > 0;
  }

  /** Whether that of the nights disappeared while it started nights, without anybody having announced that. */
  get disappeared(): boolean {
    return this.expected && !this.crons.has(this.own) && this.last?.suspended === false;
  }

  /** The schedule of the nights if it disappeared unannounced. */
  get gone(): GoneSchedule | undefined {
    const since = this.idleSince.get(this.own)?.at;
    return !this.disappeared || this.lastCron === undefined || since === undefined
      ? undefined
      : { cron: this.lastCron, since };
  }

  /**
   * Whether that of the nights was removed on purpose: it had been suspended, or the customer's file no longer names
   * it, though no nightwatch may have been there when it went.
   */
  get wasRemoved(): boolean {
    const wasThere = this.last !== undefined || this.isForgotten;
    return (wasThere || this.isUnnamed) && !this.crons.has(this.own) && !this.disappeared;
  }

  /** Forgets a schedule that was removed on purpose, and since when it was there: one made later begins anew. */
  forgetRemoved(): void {
    if (this.wasRemoved) {
      this.firstMade.delete(this.own);
      this.last = undefined;
      this.lastCron = undefined;
      this.isForgotten = true;
    }
  }

  /** What the nights go by: their schedule or, if it disappeared unannounced, what it was. */
  get night(): ReadCron | undefined {
    return this.crons.get(this.own) ?? (this.disappeared ? this.last : undefined);
  }

  get schedule(): LaneSchedule | undefined {
    return this.night?.schedule;
  }

  /**
   * Takes whether the schedule of the nightly ones names one for these further nights.
   * @param isKnown Whether that schedule is there: otherwise it names none, which says nothing of these.
   * @returns whether that is news
   */
  expect(isExpected: boolean, isKnown: boolean): boolean {
    if (isNightly(this.series)) {
      return false;
    }
    this.isUnnamed = isKnown && !isExpected;
    const isNews = this.expected !== isExpected;
    this.expected = isExpected;
    return isNews;
  }

  /** Whether these are further nights that should have a schedule. */
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
      this.isForgotten = false;
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

  /** A schedule beside that of the nights that does not do its work. Those of further nights report their own. */
  private missing(name: string, now: number): readonly LaneFault[] {
    const idle = pipelineOfSchedule(name) === undefined ? this.idle(name, now) : undefined;
    const grace = idle?.how === "absent" ? ABSENT_GRACE : SUSPENDED_GRACE;
    return idle === undefined || now - idle.at < grace ? [] : [missingProblem(name, idle.how, idle.at)];
  }

  /** Since when a schedule that should be there does nothing; undefined if it does its work. */
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

function missingProblem(name: string, how: Idle, since: number): LaneFault {
  const is = how === "absent" ? "it is not there, though the customer's file declares it" : "it is suspended";
  const reason = `${is}: results past their time and what nights left behind at the customer are not removed`;
  return { kind: "refused", object: `schedule ${name}`, reason, since };
}
