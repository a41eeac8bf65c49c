import { pipelineOfSchedule } from "../runs/night-series.ts";
import { ABSENT_GRACE, type LaneProblem } from "./lane.ts";
import type { ReadCron } from "./read-cron.ts";

/** A suspension is meant by somebody, who may forget it. */
const SUSPENDED_GRACE = 24 * 3600_000;

/** How a schedule that does not do its work stands. */
type Idle = "absent" | "suspended";

/** Watches the schedules of a lane that start no nights, as the reaper's: without it nothing is tidied. */
export class MissingSchedules {
  /** Since when each stands so, milliseconds. */
  private readonly since = new Map<string, { readonly how: Idle; readonly at: number }>();

  /**
   * @param beside Names of the schedules that are to be there.
   * @param crons Those that are.
   * @param now Milliseconds.
   */
  look(beside: readonly string[], crons: ReadonlyMap<string, ReadCron>, now: number): readonly LaneProblem[] {
    return beside
      .filter((name) => pipelineOfSchedule(name) === undefined)
      .flatMap((name) => {
        const cron = crons.get(name);
        const how = cron === undefined ? "absent" : cron.suspended ? "suspended" : undefined;
        if (how === undefined) {
          this.since.delete(name);
          return [];
        }
        const known = this.since.get(name);
        const at = known?.how === how ? known.at : now;
        this.since.set(name, { how, at });
        return now - at < (how === "absent" ? ABSENT_GRACE : SUSPENDED_GRACE) ? [] : [problem(name, how, at)];
      });
  }
}

function problem(name: string, how: Idle, since: number): LaneProblem {
  const is = how === "absent" ? "it is not there, though the customer's file has it" : "it is suspended";
  const reason = `${is}: results past their time and what nights left behind at the customer stay`;
  return { kind: "refused", object: `schedule ${name}`, reason, since };
}
