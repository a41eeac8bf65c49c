import { pipelineOfSchedule, schedulesBeside } from "../runs/night-series.ts";
import { type CronWorkflow, type LaneSchedule, readSchedule } from "../runs/schedule.ts";
import { errorText } from "./error-text.ts";
import type { LaneFault } from "./lane.ts";

/** What is kept in memory of a lane's CronWorkflow, for nights or not. */
export interface ReadCron {
  /** When it was made, milliseconds. */
  readonly since: number;
  readonly suspended: boolean;
  /** Names of the schedules that should exist beside it. */
  readonly beside: readonly string[];
  /** Of nights only. */
  readonly schedule?: LaneSchedule;
  readonly problems: readonly LaneFault[];
}

/** Conditions by which Argo reports that it cannot start what is due. */
const REFUSALS: ReadonlySet<string> = new Set(["SubmissionError", "SpecError"]);

/** Reads a CronWorkflow as far as possible. @param before The last reading. */
export function readCron(cron: CronWorkflow, before: ReadCron | undefined, now: number): ReadCron {
  const object = `schedule ${cron.metadata.name}`;
  const since = (kind: LaneFault["kind"]): number => before?.problems.find((one) => one.kind === kind)?.since ?? now;
  const { schedule, problems } = readNight(cron);
  const refused = (cron.status?.conditions ?? [])
    .filter(({ type, status }) => REFUSALS.has(type) && status === "True")
    .map(({ type, message }) => `${type}: ${message ?? "Argo gives no reason"}`);
  const problem = (kind: LaneFault["kind"], reasons: readonly string[]): readonly LaneFault[] =>
    reasons.length === 0 ? [] : [{ kind, object, reason: reasons.join("; "), since: since(kind) }];
  return {
    since: Date.parse(cron.metadata.creationTimestamp ?? "") || 0,
    suspended: cron.spec?.suspend === true,
    beside: schedulesBeside(cron),
    problems: [...problem("refused", refused), ...problem("unreadable", problems)],
    ...(schedule === undefined ? {} : { schedule }),
  };
}

/** Only nights have deadlines and a start that people wait for. */
function readNight(cron: CronWorkflow): ReturnType<typeof readSchedule> {
  if (pipelineOfSchedule(cron.metadata.name) === undefined) {
    return { problems: [] };
  }
  try {
    return readSchedule(cron);
  } catch (error) {
    return { problems: [errorText(error)] };
  }
}
