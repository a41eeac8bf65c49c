import type { BusinessCalendar } from "../../runs/business-calendar.ts";
import type { Day } from "../../runs/local-time.ts";
import type { NightLook } from "../chaos/nights/night.ts";
import { NightlaneNight } from "../chaos/nights/nightlane-night.ts";
import type { Site } from "../chaos/site/site.ts";
import { until } from "../farm/wait.ts";

/** How long Argo's controller may take to start a due run on a busy machine. */
const START_LIMIT_SECONDS = 150;

/** A run that a schedule is about to start. */
export interface DueRun {
  readonly businessDate: Day;
  /** The calendar of the night's definition, by which today is a business day. */
  readonly calendar: BusinessCalendar;
  readonly runNumber: number;
  /** Name that Argo gives to its workflow. */
  readonly workflow: string;
  /** When it is due, milliseconds since the epoch. */
  readonly at: number;
}

/** The minute of a schedule came, and no night started. */
export class MissedNight extends Error {}

/** A night of the chaos suite that its lane's schedule starts, when its minute comes. */
export class ScheduledNight extends NightlaneNight {
  private isMissed = false;

  constructor(
    site: Site,
    name: string,
    readonly due: DueRun,
    /** Fires when the soak is given up, so that nothing waits for the night any more. */
    private readonly abort: AbortSignal,
  ) {
    super(site, name, due.runNumber, due.businessDate, due.calendar);
  }

  /** Waits until the schedule has started it. @throws MissedNight if it does not */
  override async start(): Promise<void> {
    const { workflow, at } = this.due;
    const { namespace } = this.site.laneOf;
    const limitSeconds = (at - Date.now()) / 1000 + START_LIMIT_SECONDS;
    const what = `the schedule in ${namespace} starts ${workflow}`;
    const hopeless = async (): Promise<string | undefined> => this.endOfWaiting();
    try {
      await until({ what, limitSeconds, everyMilliseconds: 500, hopeless }, () => this.exists());
    } catch (error) {
      this.isMissed = true;
      throw new MissedNight(error instanceof Error ? error.message : String(error));
    }
    this.workflow = workflow;
  }

  /** Whether its minute has come and gone without it. */
  get missed(): boolean {
    return this.isMissed;
  }

  override async look(): Promise<NightLook> {
    return this.workflow === "" ? { kind: "running" } : super.look();
  }

  protected override async hopeless(): Promise<string | undefined> {
    return this.endOfWaiting() ?? super.hopeless();
  }

  private endOfWaiting(): string | undefined {
    return this.abort.aborted ? "the soak was given up" : undefined;
  }

  private async exists(): Promise<boolean> {
    try {
      await this.site.nights.workflow(this.site.laneOf.namespace, this.due.workflow);
      return true;
    } catch {
      // Not there yet, or the central API server is away, as in some faults.
      return false;
    }
  }
}
